package server_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// newSendBox is a box whose Rails answers every page with an instruction to send
// something else.
func newSendBox(t *testing.T, kind string, parameters func(*gitBox) map[string]any) *gitBox {
	g := newGitBox(t)
	g.commit("docs/README.md", "hello\n")
	g.mustGit("-C", "work", "push", "-q", g.address(), "main")
	g.rails.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		all := parameters(g)
		all["GitalyServer"] = g.server()
		text, err := json.Marshal(all)
		if err != nil {
			panic(err)
		}
		w.Header().Set("Gitlab-Workhorse-Send-Data", kind+":"+base64.URLEncoding.EncodeToString(text))
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Content-Disposition", "attachment")
		w.Header().Set("Content-Length", "5")
		w.Header().Set("Set-Cookie", "session=1")
		_, _ = io.WriteString(w, "Rails")
	})
	return g
}

// pushMore adds a commit while Rails answers as it does for Git.
func (g *gitBox) pushMore(name, content string) {
	handler := g.rails.Config.Handler
	defer func() { g.rails.Config.Handler = handler }()
	g.rails.Config.Handler = http.HandlerFunc(g.answer)
	g.commit(name, content)
	g.mustGit("-C", "work", "push", "-q", g.address(), "main")
}

func (g *gitBox) repositoryJSON() map[string]any {
	return map[string]any{"storage_name": "default", "relative_path": g.repository.GetRelativePath(), "gl_repository": "project-1"}
}

func archiveOf(more map[string]any) func(*gitBox) map[string]any {
	return func(g *gitBox) map[string]any {
		all := map[string]any{"Repository": g.repositoryJSON(), "CommitId": g.head(), "ArchivePrefix": "project-main"}
		for name, value := range more {
			all[name] = value
		}
		return all
	}
}

func TestArchives(t *testing.T) {
	g := newSendBox(t, "git-archive", archiveOf(map[string]any{"Format": "tar.gz"}))
	response := g.get("/group/project/-/archive/main/project-main.tar.gz")
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, "application/octet-stream", response.Header.Get("Content-Type"))
	require.Equal(t, "attachment", response.Header.Get("Content-Disposition"))
	require.Equal(t, "binary", response.Header.Get("Content-Transfer-Encoding"))
	for _, name := range []string{"Gitlab-Workhorse-Send-Data", "Set-Cookie", "Content-Length"} {
		require.Empty(t, response.Header.Values(name), name)
	}
	packed, err := gzip.NewReader(response.Body)
	require.NoError(t, err)
	require.Equal(t, []string{"project-main/", "project-main/docs/", "project-main/docs/README.md"}, tarNames(t, packed))
}

func tarNames(t *testing.T, reader io.Reader) (names []string) {
	t.Helper()
	archive := tar.NewReader(reader)
	for {
		header, err := archive.Next()
		if err == io.EOF {
			return names
		}
		require.NoError(t, err)
		if header.Typeflag != tar.TypeXGlobalHeader {
			names = append(names, header.Name)
		}
	}
}

func TestAnArchivesFormatCanComeFromThePath(t *testing.T) {
	g := newSendBox(t, "git-archive", archiveOf(map[string]any{"Path": "docs", "ArchivePath": "/tmp/cache/docs.zip"}))
	response := g.get("/archive.zip")
	require.Equal(t, "application/zip", response.Header.Get("Content-Type"))
	require.Equal(t, `attachment; filename="docs.zip"`, response.Header.Get("Content-Disposition"))
	content := text(t, response)
	archive, err := zip.NewReader(strings.NewReader(content), int64(len(content)))
	require.NoError(t, err)
	require.Equal(t, "project-main/docs/README.md", archive.File[len(archive.File)-1].Name)
	require.Equal(t, http.StatusInternalServerError, g.get("/archive.rar").StatusCode)
}

func TestBlobs(t *testing.T) {
	g := newSendBox(t, "git-blob", func(g *gitBox) map[string]any {
		oid := strings.TrimSpace(g.mustGit("-C", "work", "rev-parse", "HEAD:docs/README.md"))
		return map[string]any{"GetBlobRequest": map[string]any{"repository": g.repositoryJSON(), "oid": oid, "limit": -1}}
	})
	response := g.get("/group/project/-/raw/main/docs/README.md")
	require.Equal(t, "text/plain", response.Header.Get("Content-Type"))
	require.Equal(t, strconv.Itoa(len("hello\n")), response.Header.Get("Content-Length"))
	require.Equal(t, "hello\n", text(t, response))
	require.Equal(t, http.StatusOK, g.do("HEAD", "/raw", "").StatusCode)
}

func TestABlobThatIsNotThere(t *testing.T) {
	g := newSendBox(t, "git-blob", func(g *gitBox) map[string]any {
		return map[string]any{"GetBlobRequest": map[string]any{
			"repository": g.repositoryJSON(), "oid": strings.Repeat("0", 39) + "1", "limit": -1,
		}}
	})
	require.Equal(t, http.StatusNotFound, g.get("/raw").StatusCode)
}

func TestALargeBlobComesWhole(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcde\n"), 1<<16)
	g := newSendBox(t, "git-blob", func(g *gitBox) map[string]any {
		oid := strings.TrimSpace(g.mustGit("-C", "work", "rev-parse", "HEAD:large"))
		return map[string]any{"GetBlobRequest": map[string]any{"repository": g.repositoryJSON(), "oid": oid, "limit": -1}}
	})
	g.pushMore("large", string(content))
	require.True(t, string(content) == text(t, g.get("/raw")), "the blob has changed on its way")
}

func TestDiffsAndPatches(t *testing.T) {
	const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
	for kind, name := range map[string]string{"git-diff": "RawDiffRequest", "git-format-patch": "RawPatchRequest"} {
		left := emptyTree
		g := newSendBox(t, kind, func(g *gitBox) map[string]any {
			message, err := json.Marshal(map[string]any{
				"repository": g.repositoryJSON(), "left_commit_id": left, "right_commit_id": g.head(),
			})
			if err != nil {
				panic(err)
			}
			return map[string]any{name: string(message)}
		})
		if kind == "git-format-patch" {
			left = g.head() // a series of patches begins at a commit
			g.pushMore("docs/more", "hello\n")
		}
		require.Contains(t, text(t, g.get("/diff")), "+hello\n", kind)
	}
}

func TestSendDataWithoutGitaly(t *testing.T) {
	g := newSendBox(t, "git-archive", archiveOf(map[string]any{"Format": "zip"}))
	log := captureLog(t)
	g.stopGitaly()
	response := g.get("/archive.zip", "X-Request-Id", "01GONE")
	require.Equal(t, http.StatusServiceUnavailable, response.StatusCode)
	require.Equal(t, "01GONE", log.line(t, "git-archive")["correlation_id"])
}

func TestAnUnknownKindIsAnError(t *testing.T) {
	b := newBox(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Gitlab-Workhorse-Send-Data", "git-else:e30=")
	})
	response := b.get("/")
	require.Equal(t, http.StatusInternalServerError, response.StatusCode)
	require.Empty(t, response.Header.Get("Gitlab-Workhorse-Send-Data"))
}
