package githttp

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/rails"
	"gitlab.com/gitlab-org/gitaly/v16/proto/go/gitalypb"
	"gitlab.com/gitlab-org/gitaly/v16/streamio"
)

// InfoRefs answers GET .../info/refs: which references there are.
func (h *Handler) InfoRefs() http.Handler {
	return h.authorize(h.infoRefs)
}

func (h *Handler) infoRefs(w http.ResponseWriter, r *http.Request, a *rails.Authorization) {
	asked := service(r)
	if asked != uploadPack && asked != receivePack {
		http.Error(w, "Not Found", http.StatusNotFound) // the "dumb" protocol
		return
	}
	tracked := &trackingWriter{ResponseWriter: w}
	setHeaders(tracked, asked, "advertisement")
	if err := h.advertise(tracked, r, a); err != nil {
		fail(tracked, r, fmt.Errorf("handleGetInfoRefs: %w", err))
	}
}

func (h *Handler) advertise(w http.ResponseWriter, r *http.Request, a *rails.Authorization) error {
	advertisement, err := h.advertisement(r.Context(), service(r), &gitalypb.InfoRefsRequest{
		Repository:       a.Repository.Repository,
		GitConfigOptions: a.GitConfig(),
		GitProtocol:      r.Header.Get("Git-Protocol"),
	}, a)
	if err != nil {
		return err
	}
	if !acceptsGzip(r) {
		_, err = io.Copy(w, advertisement)
		return err
	}
	w.Header().Set("Content-Encoding", "gzip")
	packed := gzip.NewWriter(w)
	if _, err := io.Copy(packed, advertisement); err != nil {
		return err
	}
	return packed.Close()
}

func (h *Handler) advertisement(
	ctx context.Context, service string, request *gitalypb.InfoRefsRequest, a *rails.Authorization,
) (io.Reader, error) {
	ctx, connection, err := h.Gitaly.To(ctx, a.GitalyServer)
	if err != nil {
		return nil, err
	}
	smartHTTP := gitalypb.NewSmartHTTPServiceClient(connection)
	var stream interface {
		Recv() (*gitalypb.InfoRefsResponse, error)
	}
	if service == receivePack {
		stream, err = smartHTTP.InfoRefsReceivePack(ctx, request)
	} else {
		stream, err = smartHTTP.InfoRefsUploadPack(ctx, request)
	}
	if err != nil {
		return nil, err
	}
	return streamio.NewReader(func() ([]byte, error) {
		part, err := stream.Recv()
		return part.GetData(), err
	}), nil
}

// acceptsGzip is coarse on purpose: "gzip;q=0" is nothing that Git sends, and
// whoever sends it gets the plain answer.
func acceptsGzip(r *http.Request) bool {
	for _, offer := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		if strings.TrimSpace(offer) == "gzip" {
			return true
		}
	}
	return false
}
