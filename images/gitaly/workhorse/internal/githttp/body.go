package githttp

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"

	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/failure"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/rails"
)

// unpackBody undoes the compression that Git applies to larger negotiations.
func unpackBody(next authorized) authorized {
	return func(w http.ResponseWriter, r *http.Request, a *rails.Authorization) {
		switch encoding := r.Header.Get("Content-Encoding"); encoding {
		case "", "identity":
		case "gzip", "x-gzip":
			plain, err := gzip.NewReader(r.Body)
			if err != nil {
				failure.Respond(w, r, fmt.Errorf("unpack request body: %w", err), http.StatusBadRequest, "")
				return
			}
			r.Body = unpacked{plain, r.Body}
			r.ContentLength = -1
		default:
			failure.Respond(w, r, fmt.Errorf("unsupported content encoding: %s", encoding),
				http.StatusUnsupportedMediaType, "unsupported content encoding: "+encoding)
			return
		}
		next(w, r, a)
	}
}

type unpacked struct {
	io.Reader
	io.Closer
}
