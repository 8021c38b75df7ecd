package senddata

import (
	"context"
	"net/http"

	"gitlab.com/gitlab-org/gitaly/v16/proto/go/gitalypb"
	"google.golang.org/grpc"
)

// diff sends the difference of two commits as Git prints it.
func diff(ctx context.Context, gitaly *grpc.ClientConn, text []byte, _ *http.Response) (receiver, error) {
	request := &gitalypb.RawDiffRequest{}
	if err := unpackMessage(text, "RawDiffRequest", request); err != nil {
		return nil, err
	}
	stream, err := gitalypb.NewDiffServiceClient(gitaly).RawDiff(ctx, request)
	if err != nil {
		return nil, err
	}
	return func() ([]byte, error) {
		part, err := stream.Recv()
		return part.GetData(), err
	}, nil
}

// patch sends commits as Git's format-patch prints them.
func patch(ctx context.Context, gitaly *grpc.ClientConn, text []byte, _ *http.Response) (receiver, error) {
	request := &gitalypb.RawPatchRequest{}
	if err := unpackMessage(text, "RawPatchRequest", request); err != nil {
		return nil, err
	}
	stream, err := gitalypb.NewDiffServiceClient(gitaly).RawPatch(ctx, request)
	if err != nil {
		return nil, err
	}
	return func() ([]byte, error) {
		part, err := stream.Recv()
		return part.GetData(), err
	}, nil
}
