package rails

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
)

const (
	// InternalContentType marks answers meant for Workhorse, never for a client.
	InternalContentType = "application/vnd.gitlab-workhorse+json"
	// VersionHeader tells Rails that Workhorse is in front of it.
	VersionHeader = "Gitlab-Workhorse"
)

// Client asks Rails whether requests may go on.
type Client struct {
	Backend   *url.URL
	Version   string
	Secret    *Secret
	Transport http.RoundTripper
}

// Authorize asks Rails at the request's own path, without its body. Either an
// authorization is returned, or the answer that the client is to get; its body
// is then to be closed.
func (c *Client) Authorize(r *http.Request) (*Authorization, *http.Response, error) {
	question, err := c.question(r)
	if err != nil {
		return nil, nil, err
	}
	answer, err := c.Transport.RoundTrip(question)
	if err != nil {
		return nil, nil, fmt.Errorf("preAuthorize: do request: %w", err)
	}
	if answer.StatusCode != http.StatusOK || !IsInternal(answer.Header) {
		return nil, answer, nil
	}
	defer answer.Body.Close()
	authorization := &Authorization{}
	if err := json.NewDecoder(answer.Body).Decode(authorization); err != nil {
		return nil, nil, fmt.Errorf("preAuthorize: decode authorization response: %w", err)
	}
	return authorization, nil, nil
}

// IsInternal reports whether an answer is meant for Workhorse.
func IsInternal(header http.Header) bool {
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	return err == nil && mediaType == InternalContentType
}

func (c *Client) question(r *http.Request) (*http.Request, error) {
	token, err := c.Secret.Token()
	if err != nil {
		return nil, fmt.Errorf("preAuthorize: %w", err)
	}
	question := r.Clone(r.Context())
	question.RequestURI = ""
	question.Body = http.NoBody
	question.ContentLength = 0
	question.TransferEncoding = nil
	question.URL.Scheme, question.URL.Host = c.Backend.Scheme, c.Backend.Host
	leaveOutBodyHeaders(question.Header)
	question.Header.Set(VersionHeader, c.Version)
	question.Header.Set(TokenHeader, token)
	return question, nil
}

func leaveOutBodyHeaders(header http.Header) {
	for _, name := range []string{
		"Accept-Encoding", "Content-Disposition", "Content-Encoding", "Content-Length", "Content-Type",
		"Expect", "Trailer", "Transfer-Encoding",
	} {
		header.Del(name)
	}
	RemoveHopByHop(header)
}
