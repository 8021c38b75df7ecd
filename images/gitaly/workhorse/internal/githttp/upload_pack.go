package githttp

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"gitlab.com/gitlab-org/gitaly/v16/client"
	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/rails"
	"gitlab.com/gitlab-org/gitaly/v16/proto/go/gitalypb"
)

// questionTimeout bounds how long a client may take to say what it wants; a
// connection held open for longer would outlive its authorization.
const questionTimeout = 10 * time.Minute

// UploadPack answers POST .../git-upload-pack: a clone or fetch.
func (h *Handler) UploadPack() http.Handler {
	return h.authorize(unpackBody(h.uploadPack))
}

func (h *Handler) uploadPack(w http.ResponseWriter, r *http.Request, a *rails.Authorization) {
	tracked := &trackingWriter{ResponseWriter: w}
	setHeaders(tracked, uploadPack, "result")
	if err := h.fetch(tracked, r, a); err != nil {
		fail(tracked, r, fmt.Errorf("handleUploadPack: %w", err))
	}
}

// fetch moves the packs over a sidechannel; the call itself only starts it and
// tells how it ended.
func (h *Handler) fetch(w http.ResponseWriter, r *http.Request, a *rails.Authorization) error {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	ctx, connection, err := h.Gitaly.To(ctx, a.GitalyServer)
	if err != nil {
		return err
	}
	ctx, sidechannel := h.Gitaly.Sidechannels.Register(ctx, func(gitaly client.SidechannelConn) error {
		return converse(w, r, gitaly)
	})
	defer sidechannel.Close()

	_, err = gitalypb.NewSmartHTTPServiceClient(connection).PostUploadPackWithSidechannel(ctx,
		&gitalypb.PostUploadPackWithSidechannelRequest{
			Repository:       a.Repository.Repository,
			GitConfigOptions: a.GitConfig(),
			GitProtocol:      r.Header.Get("Git-Protocol"),
		})
	if err != nil {
		return err
	}
	return sidechannel.Close()
}

// converse sends the whole question before it takes the answer: HTTP clients
// and proxies do not expect one while they still send.
func converse(w http.ResponseWriter, r *http.Request, gitaly client.SidechannelConn) error {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(questionTimeout)) // not every writer can; none in production
	if _, err := io.Copy(gitaly, r.Body); err != nil {
		return fmt.Errorf("copy request: %w", err)
	}
	_ = control.SetReadDeadline(time.Time{})
	if err := gitaly.CloseWrite(); err != nil {
		return fmt.Errorf("close request: %w", err)
	}
	if _, err := io.Copy(w, gitaly); err != nil {
		return fmt.Errorf("copy response: %w", err)
	}
	return nil
}
