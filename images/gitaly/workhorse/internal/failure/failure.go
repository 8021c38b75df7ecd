// Package failure answers a request that went wrong and logs why.
package failure

import (
	"net/http"

	"gitlab.com/gitlab-org/labkit/correlation"
	"gitlab.com/gitlab-org/labkit/log"
	"gitlab.com/gitlab-org/labkit/mask"
)

// Log writes the error line of a request.
func Log(r *http.Request, err error, fields log.Fields) {
	all := log.Fields{
		"method":              r.Method,
		"uri":                 mask.URL(uri(r)),
		correlation.FieldName: correlation.ExtractFromContext(r.Context()),
	}
	for name, value := range fields {
		all[name] = value
	}
	log.WithError(err).WithFields(all).Error()
}

// Respond logs the error and answers with the status and, in words meant for
// people, the message; without one with the status' own text.
func Respond(w http.ResponseWriter, r *http.Request, err error, status int, message string) {
	if message == "" {
		message = http.StatusText(status)
	}
	Log(r, err, nil)
	header := w.Header()
	header.Del("Content-Encoding")
	header.Set("Cache-Control", "no-cache")
	http.Error(w, message, status)
}

// uri is the request's address as the client sent it; requests that this
// program makes itself have only a URL.
func uri(r *http.Request) string {
	if r.RequestURI != "" {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}
