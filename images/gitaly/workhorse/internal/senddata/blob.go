package senddata

import (
	"context"
	"net/http"
	"strconv"

	"gitlab.com/gitlab-org/gitaly/v16/proto/go/gitalypb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// blob sends a file's content under the type that Rails gave it.
func blob(ctx context.Context, gitaly *grpc.ClientConn, text []byte, answer *http.Response) (receiver, error) {
	request := &gitalypb.GetBlobRequest{}
	if err := unpackMessage(text, "GetBlobRequest", request); err != nil {
		return nil, err
	}
	stream, err := gitalypb.NewBlobServiceClient(gitaly).GetBlob(ctx, request)
	if err != nil {
		return nil, err
	}
	first, err := stream.Recv()
	if err != nil {
		return nil, err
	}
	if first.GetOid() == "" {
		return nil, status.Error(codes.NotFound, "blob not found")
	}
	setLength(answer, first.GetSize(), request.GetLimit())
	return startingWith(first.GetData(), nil, func() ([]byte, error) {
		part, err := stream.Recv()
		return part.GetData(), err
	}), nil
}

// setLength lets clients see how far they are, and notice a transfer cut short.
func setLength(answer *http.Response, size, limit int64) {
	if limit >= 0 && limit < size {
		size = limit
	}
	answer.ContentLength = size
	answer.Header.Set("Content-Length", strconv.FormatInt(size, 10))
}
