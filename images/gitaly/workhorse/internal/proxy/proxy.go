// Package proxy hands requests on to Rails.
package proxy

import (
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/failure"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/gitaly"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/rails"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/senddata"
)

// startHeader tells Rails when the request came, in nanoseconds.
const startHeader = "Gitlab-Workhorse-Proxy-Start"

// Proxy is the way to Rails and back.
type Proxy struct {
	Backend   *url.URL
	Version   string
	Transport http.RoundTripper
	Sender    *senddata.Sender
	// BadGatewayPage returns the page to show when Rails is away, or nothing.
	BadGatewayPage func(*http.Request) []byte
}

// Handler streams in both directions and keeps no body in memory.
func (p *Proxy) Handler() http.Handler {
	return &httputil.ReverseProxy{
		Rewrite:        p.rewrite,
		Transport:      p.Transport,
		FlushInterval:  -1,
		ModifyResponse: p.modify,
		ErrorHandler:   respondToError,
	}
}

func (p *Proxy) rewrite(request *httputil.ProxyRequest) {
	in, out := request.In, request.Out
	out.URL.Scheme, out.URL.Host = p.Backend.Scheme, p.Backend.Host
	out.URL.RawQuery = in.URL.RawQuery // as it came, also where Go would not parse it
	out.Host = in.Host
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"} {
		if values := in.Header.Values(name); len(values) > 0 {
			out.Header[name] = values
		}
	}
	appendForwardedFor(out.Header, in.RemoteAddr)
	out.Header.Set(rails.VersionHeader, p.Version)
	out.Header.Set(startHeader, strconv.FormatInt(time.Now().UnixNano(), 10))
}

func appendForwardedFor(header http.Header, remoteAddr string) {
	host, _, err := net.SplitHostPort(remoteAddr)
	if err != nil {
		return
	}
	chain := append(header.Values("X-Forwarded-For"), host)
	header.Set("X-Forwarded-For", strings.Join(chain, ", "))
}

var errInternalAnswer = errors.New("blocked an answer meant for Workhorse alone")

func (p *Proxy) modify(answer *http.Response) error {
	// The response has this request's id already; Rails repeats it.
	answer.Header.Del("X-Request-Id")
	if rails.IsOwn(answer) {
		p.showBadGatewayPage(answer)
		return nil
	}
	if rails.IsInternal(answer.Header) {
		return errInternalAnswer
	}
	return p.Sender.Replace(answer)
}

func (p *Proxy) showBadGatewayPage(answer *http.Response) {
	answer.Header.Set("Cache-Control", "no-cache")
	if page := p.BadGatewayPage(answer.Request); page != nil {
		rails.ReplaceBody(answer, "text/html; charset=utf-8", page)
	}
}

func respondToError(w http.ResponseWriter, r *http.Request, err error) {
	status, message := gitaly.HTTPStatus(err)
	failure.Respond(w, r, err, status, message)
}
