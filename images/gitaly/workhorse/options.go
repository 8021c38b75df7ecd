package main

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// options is the command line, and what the configuration file adds to it.
type options struct {
	listenNetwork       string
	listenAddr          string
	listenUmask         int
	backend             *url.URL
	socket              string
	documentRoot        string
	secretPath          string
	logFile             string
	logFormat           string
	proxyHeadersTimeout time.Duration
	shutdownTimeout     time.Duration
	printVersion        bool
}

const defaultShutdownTimeout = time.Minute

func parseOptions(program string, args []string) (*options, error) {
	opts := &options{shutdownTimeout: defaultShutdownTimeout}
	flags := flag.NewFlagSet(program, flag.ContinueOnError)
	flags.StringVar(&opts.listenNetwork, "listenNetwork", "tcp", "network to listen on: tcp, tcp4, tcp6 or unix")
	flags.StringVar(&opts.listenAddr, "listenAddr", "localhost:8181", "address or socket to listen on")
	flags.IntVar(&opts.listenUmask, "listenUmask", 0, "umask of the socket")
	backend := flags.String("authBackend", "http://localhost:8080", "URL of the Rails application")
	flags.StringVar(&opts.socket, "authSocket", "", "Unix socket of the Rails application, instead of authBackend's address")
	flags.StringVar(&opts.documentRoot, "documentRoot", "public", "directory of static files")
	flags.StringVar(&opts.secretPath, "secretPath", "./.gitlab_workhorse_secret", "file with the secret shared with Rails")
	flags.StringVar(&opts.logFile, "logFile", "", "file to log to instead of stderr")
	flags.StringVar(&opts.logFormat, "logFormat", "text", "text, json, structured or none")
	flags.DurationVar(&opts.proxyHeadersTimeout, "proxyHeadersTimeout", time.Minute, "how long Rails may take to begin its answer")
	flags.BoolVar(&opts.printVersion, "version", false, "print the version and exit")
	configFile := flags.String("config", "", "TOML file with further settings")
	acceptUnused(flags)

	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected arguments: %v", flags.Args())
	}
	if err := opts.setBackend(*backend); err != nil {
		return nil, fmt.Errorf("authBackend: %w", err)
	}
	if err := opts.readConfig(*configFile); err != nil {
		return nil, fmt.Errorf("configFile: %w", err)
	}
	return opts, nil
}

// acceptUnused names the genuine program's flags for what this one does not
// do, so that a genuine command line starts it.
func acceptUnused(flags *flag.FlagSet) {
	for _, name := range []string{"pprofListenAddr", "prometheusListenAddr", "cableBackend", "cableSocket"} {
		flags.String(name, "", "accepted, not used")
	}
	for _, name := range []string{"apiLimit", "apiQueueLimit"} {
		flags.Uint(name, 0, "accepted, not used")
	}
	for _, name := range []string{"apiQueueDuration", "apiCiLongPollingDuration"} {
		flags.Duration(name, 0, "accepted, not used")
	}
	for _, name := range []string{"developmentMode", "propagateCorrelationID"} {
		flags.Bool(name, false, "accepted, not used")
	}
}

func (o *options) setBackend(raw string) error {
	backend, err := url.Parse(raw)
	if err != nil {
		return err
	}
	if backend.Scheme != "http" || backend.Host == "" {
		return fmt.Errorf("%q is not an http URL", raw)
	}
	backend.Path = strings.TrimSuffix(backend.Path, "/")
	o.backend = backend
	return nil
}

// readConfig takes what concerns this program from the file; Redis and object
// storage do not.
func (o *options) readConfig(path string) error {
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var config struct {
		ShutdownTimeout string `toml:"shutdown_timeout"`
	}
	if err := toml.Unmarshal(text, &config); err != nil {
		return err
	}
	if config.ShutdownTimeout == "" {
		return nil
	}
	o.shutdownTimeout, err = time.ParseDuration(config.ShutdownTimeout)
	return err
}
