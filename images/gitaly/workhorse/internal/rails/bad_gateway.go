package rails

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/failure"
	"gitlab.com/gitlab-org/labkit/log"
)

const notResponding = "GitLab is not responding"

// badGateway turns a Rails that cannot be reached into a 502 of our own.
type badGateway struct{ next http.RoundTripper }

func (b badGateway) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	response, err := b.next.RoundTrip(r)
	if err == nil {
		return response, nil
	}
	failure.Log(r, fmt.Errorf("badgateway: failed to receive response: %w", err),
		log.Fields{"duration_ms": time.Since(began).Milliseconds()})
	return ownResponse(r, http.StatusBadGateway, notResponding), nil
}

// ownBody marks an answer that no Rails has given, so that it may be shown as a page.
type ownBody struct{ io.ReadCloser }

// IsOwn reports whether an answer was made here and not by Rails.
func IsOwn(answer *http.Response) bool {
	_, own := answer.Body.(ownBody)
	return own
}

func ownResponse(r *http.Request, status int, text string) *http.Response {
	return &http.Response{
		StatusCode:    status,
		Status:        fmt.Sprintf("%d %s", status, http.StatusText(status)),
		Proto:         r.Proto,
		ProtoMajor:    r.ProtoMajor,
		ProtoMinor:    r.ProtoMinor,
		Header:        http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
		Body:          ownBody{io.NopCloser(strings.NewReader(text))},
		ContentLength: int64(len(text)),
		Request:       r,
	}
}

// ReplaceBody gives an answer another content.
func ReplaceBody(answer *http.Response, contentType string, content []byte) {
	answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(content))
	answer.ContentLength = int64(len(content))
	answer.Header.Set("Content-Type", contentType)
	answer.Header.Set("Content-Length", strconv.Itoa(len(content)))
}
