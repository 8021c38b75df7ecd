package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/gitaly"
	"gitlab.com/gitlab-org/gitaly/v16/proto/go/gitalypb"
)

// gitBox is a box with the genuine Gitaly behind it, and one repository.
type gitBox struct {
	*box
	process *exec.Cmd
	// token is the one that Rails gives out for Gitaly, which knows "sesame".
	token string
	// reject makes Rails refuse pushes with these words.
	reject string
	// repository is where Rails says that the project is.
	repository *gitalypb.Repository
}

const gitalyToken = "sesame"

func newGitBox(t *testing.T) *gitBox {
	t.Helper()
	if os.Getenv("GITALY_BIN_DIR") == "" {
		t.Skip("GITALY_BIN_DIR does not say where Gitaly is")
	}
	g := &gitBox{token: gitalyToken, repository: &gitalypb.Repository{
		StorageName: "default", RelativePath: "@hashed/aa/bb/cc.git", GlRepository: "project-1", GlProjectPath: "group/project",
	}}
	g.box = newBox(t, g.answer)
	g.write("gitlab_shell_secret", "shell secret")
	g.write("gitaly.toml", g.config())
	require.NoError(t, os.Mkdir(filepath.Join(g.folder, "repositories"), 0o755))
	g.startGitaly()
	t.Cleanup(g.stopGitaly)
	g.createRepository()
	return g
}

func (g *gitBox) config() string {
	git, err := exec.LookPath("git")
	require.NoError(g.t, err)
	return fmt.Sprintf(`
socket_path = "%[1]s/gitaly.socket"
bin_dir = "%[2]s"
runtime_dir = "%[1]s"
[auth]
token = "%[3]s"
[git]
bin_path = "%[4]s"
[logging]
format = "json"
dir = "%[1]s"
[gitlab]
url = "http+unix://%[5]s"
secret_file = "%[1]s/gitlab_shell_secret"
[gitlab-shell]
dir = "%[1]s"
[[storage]]
name = "default"
path = "%[1]s/repositories"
`, g.folder, os.Getenv("GITALY_BIN_DIR"), gitalyToken, git, strings.ReplaceAll(g.railsSocket(), "/", "%2F"))
}

func (g *gitBox) startGitaly() {
	log, err := os.OpenFile(g.gitalyLog(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(g.t, err)
	defer log.Close()
	g.process = exec.Command(filepath.Join(os.Getenv("GITALY_BIN_DIR"), "gitaly"), "serve", filepath.Join(g.folder, "gitaly.toml"))
	g.process.Stdout, g.process.Stderr = log, log
	require.NoError(g.t, g.process.Start())
	require.Eventually(g.t, func() bool {
		_, err := os.Stat(filepath.Join(g.folder, "gitaly.socket"))
		return err == nil
	}, 20*time.Second, 20*time.Millisecond, "Gitaly does not listen")
}

func (g *gitBox) stopGitaly() {
	if g.process == nil {
		return
	}
	_ = g.process.Process.Signal(syscall.SIGKILL)
	_ = g.process.Wait()
	g.process = nil
	os.Remove(filepath.Join(g.folder, "gitaly.socket"))
}

func (g *gitBox) gitalyLog() string { return filepath.Join(g.folder, "gitaly.log") }

func (g *gitBox) server() gitaly.Server {
	return gitaly.Server{Address: "unix:" + filepath.Join(g.folder, "gitaly.socket"), Token: g.token}
}

func (g *gitBox) createRepository() {
	ctx, connection, err := g.box.gitaly.To(context.Background(), g.server())
	require.NoError(g.t, err)
	_, err = gitalypb.NewRepositoryServiceClient(connection).CreateRepository(ctx,
		&gitalypb.CreateRepositoryRequest{Repository: g.repository, DefaultBranch: []byte("main")})
	require.NoError(g.t, err)
}

// answer is Rails: Workhorse's questions, and those of Gitaly's hooks.
func (g *gitBox) answer(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/v4/internal/"):
		g.answerHook(w, r)
	case !signed(r):
		http.Error(w, "no token of Workhorse", http.StatusForbidden)
	case !authenticated(r):
		w.Header().Set("WWW-Authenticate", `Basic realm="GitLab"`)
		http.Error(w, "HTTP Basic: Access denied", http.StatusUnauthorized)
	default:
		g.authorize(w, r)
	}
}

func signed(r *http.Request) bool {
	_, err := jwt.Parse(r.Header.Get("Gitlab-Workhorse-Api-Request"), func(*jwt.Token) (any, error) {
		return testSecret, nil
	}, jwt.WithIssuer("gitlab-workhorse"), jwt.WithValidMethods([]string{"HS256"}))
	return err == nil
}

func authenticated(r *http.Request) bool {
	user, password, _ := r.BasicAuth()
	return user == "ada" && password == "lovelace"
}

func (g *gitBox) authorize(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if len(body) > 0 || r.Header.Get("Content-Type") != "" {
		http.Error(w, "the question has a body", http.StatusBadRequest)
		return
	}
	respondJSON(w, "application/vnd.gitlab-workhorse+json", map[string]any{
		"GL_ID": "user-1", "GL_USERNAME": "ada", "GL_REPOSITORY": "project-1", "GitConfigOptions": []string{},
		"Repository": map[string]any{
			"storage_name": g.repository.GetStorageName(), "relative_path": g.repository.GetRelativePath(),
			"gl_repository": "project-1", "gl_project_path": "group/project", "git_object_directory": "",
			"git_alternate_object_directories": []string{}, "a_later_field": 1,
		},
		"GitalyServer": g.server(),
	})
}

func (g *gitBox) answerHook(w http.ResponseWriter, r *http.Request) {
	answer := map[string]any{"reference_counter_increased": true, "reference_counter_decreased": true, "status": true}
	if g.reject != "" && strings.HasSuffix(r.URL.Path, "/allowed") {
		answer = map[string]any{"status": false, "message": g.reject}
		w.WriteHeader(http.StatusUnauthorized)
	}
	respondJSON(w, "application/json", answer)
}

func respondJSON(w http.ResponseWriter, contentType string, answer any) {
	text, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(text)
}

// address is the project's, with a user and password in it.
func (g *gitBox) address() string {
	return strings.Replace(g.url, "http://", "http://ada:lovelace@", 1) + "/group/project.git"
}

// git runs Git and returns all that it says.
func (g *gitBox) git(arguments ...string) (string, error) {
	command := exec.Command("git", arguments...)
	command.Dir = g.folder
	command.Env = append(os.Environ(), "HOME="+g.folder, "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	err := command.Run()
	return said.String(), err
}

func (g *gitBox) mustGit(arguments ...string) string {
	g.t.Helper()
	said, err := g.git(arguments...)
	require.NoError(g.t, err, said)
	return said
}

// commit makes a working copy, if there is none, with a commit of one file.
func (g *gitBox) commit(name, content string) {
	g.t.Helper()
	if _, err := os.Stat(filepath.Join(g.folder, "work")); err != nil {
		g.mustGit("init", "-q", "-b", "main", "work")
	}
	g.write(filepath.Join("work", name), content)
	g.mustGit("-C", "work", "add", ".")
	g.mustGit("-C", "work", "commit", "-q", "-m", "Add "+name)
}

func (g *gitBox) head() string {
	g.t.Helper()
	return strings.TrimSpace(g.mustGit("-C", "work", "rev-parse", "HEAD"))
}
