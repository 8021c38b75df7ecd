package server

import (
	"context"
	"net/http"
	"regexp"

	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/rails"
	"gitlab.com/gitlab-org/labkit/correlation"
	"gitlab.com/gitlab-org/labkit/log"
)

// saneCorrelationID is one that reads well in every log; others are replaced.
var saneCorrelationID = regexp.MustCompile(`\A[0-9A-Za-z._:=-]{1,255}\z`)

// prepare is done for every request before it is looked at: nothing that only
// Workhorse may say is left in it, and it has a correlation id, which the
// response carries too.
func prepare(next http.Handler) http.Handler {
	next = correlation.InjectCorrelationID(next, correlation.WithPropagation(), correlation.WithSetResponseHeader())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.RemoteAddr == "@" || r.RemoteAddr == "" {
			r.RemoteAddr = "127.0.0.1:0" // a Unix socket's peer has no address
		}
		rails.RemoveForged(r.Header)
		if !saneCorrelationID.MatchString(r.Header.Get("X-Request-Id")) {
			r.Header.Del("X-Request-Id")
		}
		next.ServeHTTP(w, r)
	})
}

// logAccess writes a line for each request, in GitLab's own shape.
func logAccess(route string, next http.Handler) http.Handler {
	logged := log.AccessLogger(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(controllable{w, r.Context().Value(serversWriter{}).(http.ResponseWriter)}, r)
	}), log.WithExtraFields(func(*http.Request) log.Fields {
		return log.Fields{"route": route}
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		logged.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), serversWriter{}, w)))
	})
}

// serversWriter is the key of the writer that the server itself has made.
type serversWriter struct{}

// controllable lets http.ResponseController flush, set deadlines and take over
// the connection: the access log's writer, which counts, hides that.
type controllable struct {
	http.ResponseWriter
	server http.ResponseWriter
}

func (c controllable) Unwrap() http.ResponseWriter { return c.server }
