package static_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/static"
)

const fromRails = "from Rails"

// newFiles has a document root with some files in it, and one file beside it.
func newFiles(t *testing.T) *static.Files {
	t.Helper()
	folder := t.TempDir()
	for name, content := range map[string]string{
		"secret": "hush", "public/robots.txt": "robots", "public/assets/app.css": "css",
		"public/.hidden": "hush", "public/.well-known/x": "hush", "public/uploads/a.txt": "hush",
	} {
		path := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	}
	require.NoError(t, os.Symlink("../secret", filepath.Join(folder, "public", "link")))
	return &static.Files{Root: filepath.Join(folder, "public")}
}

func ask(handler http.Handler, method, path string) *httptest.ResponseRecorder {
	response := httptest.NewRecorder()
	request := httptest.NewRequest(method, "/", nil)
	request.URL.Path = path // as it would be after decoding, whatever is in it
	handler.ServeHTTP(response, request)
	return response
}

func rails(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(fromRails)) }

func TestFilesAreServedAndTheRestIsLeftToRails(t *testing.T) {
	handler := newFiles(t).Existing(http.HandlerFunc(rails))
	response := ask(handler, "GET", "/robots.txt")
	require.Equal(t, "robots", response.Body.String())
	require.Equal(t, "text/plain; charset=utf-8", response.Header().Get("Content-Type"))
	require.NotEmpty(t, response.Header().Get("Last-Modified"))
	require.Empty(t, ask(handler, "HEAD", "/robots.txt").Body.String())
	require.Equal(t, fromRails, ask(handler, "POST", "/robots.txt").Body.String())
	require.Equal(t, fromRails, ask(handler, "GET", "/assets").Body.String(), "a folder")
	require.Equal(t, fromRails, ask(handler, "GET", "/").Body.String())
}

func TestNothingHiddenOrOutsideIsServed(t *testing.T) {
	handler := newFiles(t).Existing(http.HandlerFunc(rails))
	for _, path := range []string{
		"/../secret", "/assets/../../secret", "/link", "/.hidden", "/.well-known/x", "/uploads/a.txt",
		"//robots.txt", "/assets/../robots.txt", "/robots.txt/", "/robots.txt\x00", "/./uploads/a.txt", "/assets/../uploads/a.txt",
	} {
		require.Equal(t, fromRails, ask(handler, "GET", path).Body.String(), path)
	}
}

func TestAssets(t *testing.T) {
	handler := newFiles(t).ExistingOnly()
	response := ask(handler, "GET", "/assets/app.css")
	require.Equal(t, "css", response.Body.String())
	require.Equal(t, "public, max-age=31536000", response.Header().Get("Cache-Control"))
	require.Equal(t, http.StatusNotFound, ask(handler, "GET", "/assets/none.css").Code)
}

func TestTheDeployPageStandsInForRailsButNotForFiles(t *testing.T) {
	files := newFiles(t)
	require.NoError(t, os.WriteFile(filepath.Join(files.Root, "index.html"), []byte("deploying"), 0o644))
	handler := files.Existing(http.HandlerFunc(rails))
	require.Equal(t, "deploying", ask(handler, "GET", "/users/sign_in").Body.String())
	require.Equal(t, "robots", ask(handler, "GET", "/robots.txt").Body.String())
}

func TestWithoutADocumentRootAllIsLeftToRails(t *testing.T) {
	handler := (&static.Files{Root: "/nonexistent"}).Existing(http.HandlerFunc(rails))
	require.Equal(t, fromRails, ask(handler, "GET", "/robots.txt").Body.String())
}
