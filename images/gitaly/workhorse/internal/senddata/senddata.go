// Package senddata carries out what Rails answers in the header
// Gitlab-Workhorse-Send-Data: instead of Rails' own body the client gets data
// straight from Gitaly.
package senddata

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/gitaly"
	"google.golang.org/grpc"
)

// Header names what to send: a kind, a colon and parameters.
const Header = "Gitlab-Workhorse-Send-Data"

// Sender replaces answers of Rails.
type Sender struct{ Gitaly *gitaly.Connections }

// receiver returns the next part of what Gitaly sends, and in the end io.EOF.
type receiver func() ([]byte, error)

// kind starts a transfer of one sort. It may change the answer's headers.
type kind func(ctx context.Context, gitaly *grpc.ClientConn, parameters []byte, answer *http.Response) (receiver, error)

var kinds = map[string]kind{
	"git-archive":      archive,
	"git-blob":         blob,
	"git-diff":         diff,
	"git-format-patch": patch,
}

// Replace puts the data in the answer's place, if the answer asks for it.
// Whatever keeps Gitaly from beginning is returned before anything is sent.
func (s *Sender) Replace(answer *http.Response) error {
	instruction := answer.Header.Get(Header)
	if instruction == "" {
		return nil
	}
	answer.Header.Del(Header)
	name, encoded, _ := strings.Cut(instruction, ":")
	start, known := kinds[name]
	if !known {
		return fmt.Errorf("senddata: unknown kind %q", name)
	}
	parameters, err := decode(encoded)
	if err != nil {
		return fmt.Errorf("%s: unpack sendData: %w", name, err)
	}
	body, err := s.start(start, parameters, answer)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	answer.Body.Close()
	answer.Body = body
	return nil
}

// decode accepts the padding that Ruby's urlsafe_encode64 writes, and its absence.
func decode(encoded string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(encoded, "="))
}

func (s *Sender) start(start kind, parameters []byte, answer *http.Response) (io.ReadCloser, error) {
	var target struct{ GitalyServer gitaly.Server }
	if err := json.Unmarshal(parameters, &target); err != nil {
		return nil, fmt.Errorf("unpack sendData: %w", err)
	}
	ctx, cancel := context.WithCancel(answer.Request.Context())
	ctx, connection, err := s.Gitaly.To(ctx, target.GitalyServer)
	if err != nil {
		cancel()
		return nil, err
	}
	// The data has a length of its own, and no cookie belongs into a cache with it.
	answer.ContentLength = -1
	answer.Header.Del("Content-Length")
	answer.Header.Del("Set-Cookie")
	parts, err := start(ctx, connection, parameters, answer)
	if err != nil {
		cancel()
		return nil, err
	}
	return newBody(parts, cancel)
}
