package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func parse(t *testing.T, line string) (*options, error) {
	t.Helper()
	return parseOptions("gitlab-workhorse", strings.Fields(line))
}

func configFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func TestTheGenuineCommandLine(t *testing.T) {
	opts, err := parse(t, `-listenNetwork unix -listenUmask 0 -listenAddr /run/socket -authBackend http://localhost:8080/gitlab/
		-authSocket /run/rails -documentRoot /public -pprofListenAddr= -prometheusListenAddr localhost:9229 -secretPath /secret
		-logFormat json -apiLimit 3 -apiQueueLimit 4 -apiQueueDuration 30s -apiCiLongPollingDuration 50s
		-propagateCorrelationID -proxyHeadersTimeout 2m0s -config `+configFile(t, `
shutdown_timeout = "61s"
trusted_cidrs_for_propagation = ["10.0.0.0/8"]
[redis]
URL = "unix:/var/opt/gitlab/redis/redis.socket"
Password = "x"
[object_storage]
provider = ""
`))
	require.NoError(t, err)
	require.Equal(t, "/gitlab", opts.backend.Path)
	require.Equal(t, "/run/rails", opts.socket)
	require.Equal(t, 2*time.Minute, opts.proxyHeadersTimeout)
	require.Equal(t, 61*time.Second, opts.shutdownTimeout)
}

func TestWrongCommandLinesAreRefused(t *testing.T) {
	for line, words := range map[string]string{
		"-authBackend ftp://x":                            "authBackend",
		"-config /nonexistent/config.toml":                "configFile: open /nonexistent/config.toml",
		"-config " + configFile(t, "shutdown_timeout = "): "configFile",
		"stray": "unexpected arguments: [stray]",
	} {
		_, err := parse(t, line)
		require.ErrorContains(t, err, words)
	}
}
