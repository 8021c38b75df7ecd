package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheSocketIsReplacedAndHasTheUmask(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	require.NoError(t, os.WriteFile(path, []byte("left behind"), 0o600))
	listener, err := listen(&options{listenNetwork: "unix", listenAddr: path, listenUmask: 0})
	require.NoError(t, err)
	defer listener.Close()
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o777), info.Mode().Perm())
}

func TestATermLetsRequestsUnderWayEnd(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	began := make(chan struct{})
	web := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(began)
		time.Sleep(100 * time.Millisecond)
		_, _ = io.WriteString(w, "whole")
	})}
	ended := make(chan error, 1)
	go func() { ended <- runUntilSignal(web, listener, 10*time.Second) }()
	go func() {
		<-began
		_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
	}()
	response, err := http.Get("http://" + listener.Addr().String())
	require.NoError(t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, "whole", string(content))
	require.NoError(t, <-ended)
	_, err = net.Dial("tcp", listener.Addr().String())
	require.Error(t, err)
}
