// Package rails speaks to the Rails application: the connection, the token
// that proves who is asking, and the question whether a request may go on.
package rails

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"time"

	"gitlab.com/gitlab-org/labkit/correlation"
)

const (
	dialTimeout = 10 * time.Second
	// Puma closes an idle connection after 20 s. Closing it first avoids the
	// moment in which a request is sent into a connection that just went.
	idleTimeout = 15 * time.Second
	// As many connections as wait for a Puma thread are worth keeping.
	idleConnections = 32
)

// NewTransport connects to the socket, or without one to the backend's address.
// Rails gets headersTimeout to begin its answer; when there is none the client
// gets a 502 from here. Every request carries its correlation id.
func NewTransport(backend *url.URL, socket string, headersTimeout time.Duration) http.RoundTripper {
	dialer := &net.Dialer{Timeout: dialTimeout}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			if socket != "" {
				return dialer.DialContext(ctx, "unix", socket)
			}
			return dialer.DialContext(ctx, "tcp", backend.Host)
		},
		DisableCompression:    true,
		IdleConnTimeout:       idleTimeout,
		MaxIdleConnsPerHost:   idleConnections,
		ResponseHeaderTimeout: headersTimeout,
	}
	return badGateway{correlation.NewInstrumentedRoundTripper(transport)}
}
