// Package githttp serves Git's smart HTTP protocol: each request is authorised
// by Rails and then carried out by Gitaly.
package githttp

import (
	"fmt"
	"io"
	"net/http"
	"path"

	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/failure"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/gitaly"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/rails"
	"gitlab.com/gitlab-org/gitaly/v16/proto/go/gitalypb"
	"google.golang.org/grpc/status"
)

// Handler answers the three kinds of Git request.
type Handler struct {
	Rails  *rails.Client
	Gitaly *gitaly.Connections
}

const (
	uploadPack  = "git-upload-pack"
	receivePack = "git-receive-pack"
)

type authorized func(http.ResponseWriter, *http.Request, *rails.Authorization)

// authorize lets Rails decide. What Rails answers instead of an authorization
// (a refusal, a redirect) is what the client gets.
func (h *Handler) authorize(next authorized) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorization, answer, err := h.Rails.Authorize(r)
		switch {
		case err != nil:
			failure.Respond(w, r, err, http.StatusInternalServerError, "")
		case answer != nil:
			defer answer.Body.Close()
			passOn(w, answer)
		default:
			next(w, r, authorization)
		}
	})
}

func passOn(w http.ResponseWriter, answer *http.Response) {
	rails.RemoveHopByHop(answer.Header)
	answer.Header.Del("X-Request-Id") // the one of this request is set already
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	// The client is gone if this fails; there is nobody left to tell.
	_, _ = io.Copy(w, answer.Body)
}

// service is the Git program that the request is for.
func service(r *http.Request) string {
	if r.Method == http.MethodGet {
		return r.URL.Query().Get("service")
	}
	return path.Base(r.URL.Path)
}

// fail answers with what an error from Gitaly means to a Git client. Once a
// part of the answer is out only breaking the connection tells that the rest
// is missing.
func fail(w *trackingWriter, r *http.Request, err error) {
	if w.began {
		failure.Log(r, err, nil)
		panic(http.ErrAbortHandler)
	}
	if isBusy(err) && r.Method == http.MethodPost {
		failure.Log(r, err, nil)
		writeBusy(w, service(r))
		return
	}
	code, message := gitaly.HTTPStatus(err)
	failure.Respond(w, r, err, code, message)
}

// isBusy recognises that Gitaly is at a limit of its own.
func isBusy(err error) bool {
	converted, _ := status.FromError(err)
	for _, detail := range converted.Details() {
		if _, limited := detail.(*gitalypb.LimitError); limited {
			return true
		}
	}
	return false
}

// trackingWriter knows whether the answer has begun.
type trackingWriter struct {
	http.ResponseWriter
	began bool
}

func (w *trackingWriter) WriteHeader(status int) {
	w.began = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *trackingWriter) Write(data []byte) (int, error) {
	w.began = true
	return w.ResponseWriter.Write(data)
}

// Unwrap lets http.ResponseController find what the server's own writer can do.
func (w *trackingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func setHeaders(w http.ResponseWriter, service, kind string) {
	w.Header().Set("Content-Type", fmt.Sprintf("application/x-%s-%s", service, kind))
	w.Header().Set("Cache-Control", "no-cache")
}
