package senddata

import (
	"context"
	"errors"
	"io"

	"gitlab.com/gitlab-org/gitaly/v16/streamio"
)

// body is what Gitaly sends, read as a response's body.
type body struct {
	io.Reader
	cancel context.CancelFunc
}

// newBody waits for the first part: Gitaly's refusal comes in its place.
func newBody(next receiver, cancel context.CancelFunc) (io.ReadCloser, error) {
	first, err := next()
	if err != nil && !errors.Is(err, io.EOF) {
		cancel()
		return nil, err
	}
	return &body{Reader: streamio.NewReader(startingWith(first, err, next)), cancel: cancel}, nil
}

func startingWith(first []byte, err error, next receiver) receiver {
	begun := false
	return func() ([]byte, error) {
		if begun {
			return next()
		}
		begun = true
		return first, err
	}
}

// Close ends the call if the client has gone before it was through.
func (b *body) Close() error {
	b.cancel()
	return nil
}
