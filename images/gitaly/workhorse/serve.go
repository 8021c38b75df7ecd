package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/gitaly"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/rails"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/server"
	"gitlab.com/gitlab-org/labkit/log"
)

// headerTimeout ends clients that connect and never finish a request's head.
const headerTimeout = time.Minute

// serve runs until a signal asks it to stop and the requests under way are done.
func serve(opts *options) error {
	logFile, err := startLogging(opts)
	if err != nil {
		return err
	}
	defer logFile.Close()
	log.WithFields(log.Fields{"version": Version, "build_time": BuildTime}).Info("Starting")

	listener, err := listen(opts)
	if err != nil {
		return err
	}
	connections := gitaly.NewConnections()
	defer connections.Close()

	web := &http.Server{
		ReadHeaderTimeout: headerTimeout,
		Handler: server.New(server.Config{
			Version:      Version,
			Backend:      opts.backend,
			DocumentRoot: opts.documentRoot,
			Transport:    rails.NewTransport(opts.backend, opts.socket, opts.proxyHeadersTimeout),
			Secret:       rails.NewSecret(opts.secretPath),
			Gitaly:       connections,
		}),
	}
	return runUntilSignal(web, listener, opts.shutdownTimeout)
}

func startLogging(opts *options) (io.Closer, error) {
	output := "stderr"
	if opts.logFile != "" {
		output = opts.logFile
	}
	format := opts.logFormat
	switch format {
	case "structured":
		format = "color"
	case "none":
		output, format = os.DevNull, "json"
	}
	return log.Initialize(log.WithFormatter(format), log.WithOutputName(output), log.WithLogLevel("info"))
}

// listen replaces a socket that an earlier process left behind.
func listen(opts *options) (net.Listener, error) {
	if opts.listenNetwork == "unix" {
		if err := os.Remove(opts.listenAddr); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	previous := syscall.Umask(opts.listenUmask)
	defer syscall.Umask(previous)
	return net.Listen(opts.listenNetwork, opts.listenAddr)
}

func runUntilSignal(web *http.Server, listener net.Listener, timeout time.Duration) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()

	select {
	case err := <-failed:
		return err
	case received := <-signals:
		log.WithFields(log.Fields{"shutdown_timeout_s": timeout.Seconds(), "signal": received.String()}).Info("shutdown initiated")
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		defer cancel()
		return web.Shutdown(ctx)
	}
}
