package githttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/rails"
	"gitlab.com/gitlab-org/gitaly/v16/proto/go/gitalypb"
	"gitlab.com/gitlab-org/gitaly/v16/streamio"
)

// ReceivePack answers POST .../git-receive-pack: a push.
func (h *Handler) ReceivePack() http.Handler {
	return h.authorize(unpackBody(h.receivePack))
}

func (h *Handler) receivePack(w http.ResponseWriter, r *http.Request, a *rails.Authorization) {
	tracked := &trackingWriter{ResponseWriter: w}
	setHeaders(tracked, receivePack, "result")
	if err := h.push(tracked, r, a); err != nil {
		fail(tracked, r, fmt.Errorf("handleReceivePack: %w", err))
	}
}

// push streams the body to Gitaly, and then Gitaly's answer to the client. One
// after the other is enough: Git says nothing before it has the whole pack, or
// ends. At no time is more than a few buffers in memory.
func (h *Handler) push(w http.ResponseWriter, r *http.Request, a *rails.Authorization) error {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	ctx, connection, err := h.Gitaly.To(ctx, a.GitalyServer)
	if err != nil {
		return err
	}
	stream, err := gitalypb.NewSmartHTTPServiceClient(connection).PostReceivePack(ctx)
	if err != nil {
		return err
	}
	if err := sendPack(stream, r, a); err != nil {
		return err
	}
	return receiveResult(w, stream)
}

func sendPack(stream gitalypb.SmartHTTPService_PostReceivePackClient, r *http.Request, a *rails.Authorization) error {
	err := stream.Send(&gitalypb.PostReceivePackRequest{
		Repository:       a.Repository.Repository,
		GlId:             a.GlID,
		GlUsername:       a.GlUsername,
		GlRepository:     a.GlRepository,
		GitConfigOptions: a.GitConfig(),
		GitProtocol:      r.Header.Get("Git-Protocol"),
	})
	if err == nil {
		pack := streamio.NewWriter(func(data []byte) error {
			return stream.Send(&gitalypb.PostReceivePackRequest{Data: data})
		})
		_, err = io.Copy(sentinelWriter{pack}, r.Body)
	}
	if errors.Is(err, errGitalyEnded) || errors.Is(err, io.EOF) {
		return nil // the reason comes with the answer
	}
	if err != nil {
		return fmt.Errorf("copy request: %w", err)
	}
	return stream.CloseSend()
}

var errGitalyEnded = errors.New("gitaly ended the call")

// sentinelWriter tells an end of file that sending met (Gitaly has ended the
// call) from one that reading the client's body met.
type sentinelWriter struct{ next io.Writer }

func (w sentinelWriter) Write(data []byte) (int, error) {
	n, err := w.next.Write(data)
	if errors.Is(err, io.EOF) {
		err = errGitalyEnded
	}
	return n, err
}

// receiveResult hands on every part at once, so that progress is seen as it is made.
func receiveResult(w http.ResponseWriter, stream gitalypb.SmartHTTPService_PostReceivePackClient) error {
	control := http.NewResponseController(w)
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := w.Write(part.GetData()); err != nil {
			return fmt.Errorf("copy response: %w", err)
		}
		_ = control.Flush() // fails only with the writes after it
	}
}
