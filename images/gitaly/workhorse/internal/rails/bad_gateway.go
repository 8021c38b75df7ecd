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

// selfMade marks answers that no Rails has given, so that they may be shown as
// a page. It never leaves this process.
const selfMade = "Gitlab-Workhorse-Self-Made"

func ownResponse(r *http.Request, status int, text string) *http.Response {
	return &http.Response{
		StatusCode:    status,
		Status:        fmt.Sprintf("%d %s", status, http.StatusText(status)),
		Proto:         r.Proto,
		ProtoMajor:    r.ProtoMajor,
		ProtoMinor:    r.ProtoMinor,
		Header:        http.Header{"Content-Type": {"text/plain; charset=utf-8"}, selfMade: {"1"}},
		Body:          io.NopCloser(strings.NewReader(text)),
		ContentLength: int64(len(text)),
		Request:       r,
	}
}

// TakeSelfMade reports whether the answer was made here and removes the mark.
func TakeSelfMade(header http.Header) bool {
	made := header.Get(selfMade) != ""
	header.Del(selfMade)
	return made
}

// ReplaceBody gives an answer another content.
func ReplaceBody(answer *http.Response, contentType string, content []byte) {
	answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(content))
	answer.ContentLength = int64(len(content))
	answer.Header.Set("Content-Type", contentType)
	answer.Header.Set("Content-Length", strconv.Itoa(len(content)))
}
