// Package server has the routes, and what happens to every request.
package server

import (
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"

	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/gitaly"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/githttp"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/proxy"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/rails"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/senddata"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/static"
)

// Config is what the server works with.
type Config struct {
	Version string
	// Backend is the Rails application; its path is the one GitLab lives under.
	Backend      *url.URL
	DocumentRoot string
	Transport    http.RoundTripper
	Secret       *rails.Secret
	Gitaly       *gitaly.Connections
}

// route takes the requests of a method whose path matches. The first that
// matches has the request; an empty method or pattern matches all.
type route struct {
	method      string
	pattern     string
	contentType string
	handler     http.Handler

	expression *regexp.Regexp
}

type server struct {
	prefix string
	routes []*route
}

// New is the whole of Workhorse as a handler.
func New(config Config) http.Handler {
	files := &static.Files{Root: config.DocumentRoot, Prefix: config.Backend.Path}
	toRails := (&proxy.Proxy{
		Backend:        config.Backend,
		Version:        config.Version,
		Transport:      config.Transport,
		Sender:         &senddata.Sender{Gitaly: config.Gitaly},
		BadGatewayPage: files.BadGatewayPage,
	}).Handler()
	git := &githttp.Handler{
		Rails:  &rails.Client{Backend: config.Backend, Version: config.Version, Secret: config.Secret, Transport: config.Transport},
		Gitaly: config.Gitaly,
	}
	s := &server{prefix: config.Backend.Path, routes: routes(git, files, toRails)}
	for _, r := range s.routes {
		r.expression = regexp.MustCompile(r.pattern)
		r.handler = logAccess(r.pattern, r.handler)
	}
	return prepare(s)
}

// routes are named in the log by the genuine program's patterns.
func routes(git *githttp.Handler, files *static.Files, toRails http.Handler) []*route {
	return []*route{
		{method: "GET", pattern: `^/.+\.git/info/refs\z`, handler: git.InfoRefs()},
		{method: "POST", pattern: `^/.+\.git/git-upload-pack\z`, contentType: "application/x-git-upload-pack-request", handler: git.UploadPack()},
		{method: "POST", pattern: `^/.+\.git/git-receive-pack\z`, contentType: "application/x-git-receive-pack-request", handler: git.ReceivePack()},
		{pattern: `^/assets/`, handler: files.ExistingOnly()},
		{pattern: `^/-/(readiness|liveness)$`, handler: toRails},
		{pattern: `^/-/health$`, handler: toRails},
		{pattern: `^/api/`, handler: toRails},
		{handler: files.Existing(toRails)},
	}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	where, inside := s.pathInside(r)
	if !inside {
		http.Error(w, "Not found", http.StatusNotFound)
		return
	}
	for _, candidate := range s.routes {
		if candidate.matches(r, where) {
			candidate.handler.ServeHTTP(w, r)
			return
		}
	}
}

// pathInside is the cleaned path below the one that GitLab lives under. It
// stays escaped: a %2F in a project's id is no slash.
func (s *server) pathInside(r *http.Request) (string, bool) {
	escaped := r.URL.EscapedPath()
	cleaned := path.Clean("/" + escaped)
	if strings.HasSuffix(escaped, "/") && cleaned != "/" {
		cleaned += "/"
	}
	inside, found := strings.CutPrefix(cleaned, s.prefix)
	if !found || (inside != "" && inside[0] != '/') {
		return "", false
	}
	return inside, true
}

func (r *route) matches(request *http.Request, where string) bool {
	if r.method != "" && r.method != request.Method {
		return false
	}
	if r.contentType != "" && r.contentType != mediaType(request) {
		return false
	}
	return r.expression.MatchString(where)
}

func mediaType(r *http.Request) string {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(kind))
}
