package server_test

import (
	"context"
	"encoding/base64"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/gitaly"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/rails"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/server"
	"gitlab.com/gitlab-org/labkit/log"
)

// box is Workhorse between real sockets: a client's on one side, and on the
// other one a handler in the place of Rails.
type box struct {
	t       *testing.T
	url     string
	folder  string
	public  string
	secret  []byte
	gitaly  *gitaly.Connections
	rails   *httptest.Server
	options boxOptions
}

type boxOptions struct {
	headersTimeout time.Duration
	prefix         string
	withoutSecret  bool
}

var testSecret = []byte("0123456789abcdef0123456789abcdef")

func newBox(t *testing.T, handler http.HandlerFunc) *box {
	return newBoxWith(t, boxOptions{headersTimeout: time.Minute}, handler)
}

func newBoxWith(t *testing.T, options boxOptions, handler http.HandlerFunc) *box {
	t.Helper()
	// A socket's path may have some hundred characters only.
	folder, err := os.MkdirTemp("", "box")
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(folder) })
	b := &box{t: t, folder: folder, public: filepath.Join(folder, "public"), gitaly: gitaly.NewConnections(), options: options}
	require.NoError(t, os.Mkdir(b.public, 0o755))
	if !options.withoutSecret {
		b.write("secret", base64.StdEncoding.EncodeToString(testSecret)+"\n")
	}
	t.Cleanup(b.gitaly.Close)
	b.startRails(handler)
	b.startWorkhorse()
	return b
}

func (b *box) write(name, content string) string {
	b.t.Helper()
	path := filepath.Join(b.folder, name)
	require.NoError(b.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(b.t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func (b *box) railsSocket() string { return filepath.Join(b.folder, "rails.socket") }

func (b *box) startRails(handler http.HandlerFunc) {
	listener, err := net.Listen("unix", b.railsSocket())
	require.NoError(b.t, err)
	b.rails = httptest.NewUnstartedServer(handler)
	b.rails.Listener.Close()
	b.rails.Listener = listener
	b.rails.Start()
	b.t.Cleanup(b.rails.Close)
}

func (b *box) startWorkhorse() {
	backend, err := url.Parse("http://localhost:8080" + b.options.prefix)
	require.NoError(b.t, err)
	workhorse := httptest.NewServer(server.New(server.Config{
		Version:      "v1.2.3",
		Backend:      backend,
		DocumentRoot: b.public,
		Transport:    rails.NewTransport(backend, b.railsSocket(), b.options.headersTimeout),
		Secret:       rails.NewSecret(filepath.Join(b.folder, "secret")),
		Gitaly:       b.gitaly,
	}))
	b.url = workhorse.URL
	b.t.Cleanup(workhorse.Close)
}

// do asks Workhorse; header holds names and values in turn.
func (b *box) do(method, path, body string, header ...string) *http.Response {
	b.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, b.url+path, strings.NewReader(body))
	require.NoError(b.t, err)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(b.t, err)
	b.t.Cleanup(func() { response.Body.Close() })
	return response
}

func (b *box) get(path string, header ...string) *http.Response {
	return b.do(http.MethodGet, path, "", header...)
}

// captureLog makes the log of this test's rest a buffer of JSON lines.
func captureLog(t *testing.T) *lockedBuffer {
	t.Helper()
	buffer := &lockedBuffer{}
	_, err := log.Initialize(log.WithFormatter("json"), log.WithWriter(buffer))
	require.NoError(t, err)
	return buffer
}
