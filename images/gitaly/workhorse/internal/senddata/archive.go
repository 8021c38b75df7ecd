package senddata

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"

	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/rails"
	"gitlab.com/gitlab-org/gitaly/v16/proto/go/gitalypb"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// archiveParameters are Rails' words. Either GetArchiveRequest is Gitaly's
// message in its binary form, as GitLab sends it, or the other fields name its parts.
type archiveParameters struct {
	GetArchiveRequest []byte
	ArchivePath       string
	ArchivePrefix     string
	CommitID          string `json:"CommitId"`
	Path              string
	Format            string
	Repository        rails.Repository
}

// archive sends a commit's files in one file.
func archive(ctx context.Context, gitaly *grpc.ClientConn, text []byte, answer *http.Response) (receiver, error) {
	parameters := archiveParameters{}
	if err := json.Unmarshal(text, &parameters); err != nil {
		return nil, fmt.Errorf("unpack sendData: %w", err)
	}
	request, err := parameters.request(answer.Request.URL.Path)
	if err != nil {
		return nil, err
	}
	stream, err := gitalypb.NewRepositoryServiceClient(gitaly).GetArchive(ctx, request)
	if err != nil {
		return nil, err
	}
	setArchiveHeaders(answer.Header, request.GetFormat(), parameters.ArchivePath)
	return func() ([]byte, error) {
		part, err := stream.Recv()
		return part.GetData(), err
	}, nil
}

func (p *archiveParameters) request(urlPath string) (*gitalypb.GetArchiveRequest, error) {
	if p.GetArchiveRequest != nil {
		request := &gitalypb.GetArchiveRequest{}
		return request, proto.Unmarshal(p.GetArchiveRequest, request)
	}
	name := p.Format
	if name == "" {
		name = path.Base(urlPath)
	}
	format, err := archiveFormat(name)
	return &gitalypb.GetArchiveRequest{
		Repository: p.Repository.Repository,
		CommitId:   p.CommitID,
		Prefix:     p.ArchivePrefix,
		Path:       []byte(p.Path),
		Format:     format,
	}, err
}

// archiveFormat reads a format's name or the ending of a file's name.
func archiveFormat(name string) (gitalypb.GetArchiveRequest_Format, error) {
	ending := func(endings ...string) bool {
		for _, end := range endings {
			if name == end || strings.HasSuffix(name, "."+end) {
				return true
			}
		}
		return false
	}
	switch {
	case ending("zip"):
		return gitalypb.GetArchiveRequest_ZIP, nil
	case ending("tar"):
		return gitalypb.GetArchiveRequest_TAR, nil
	case ending("tar.bz2", "tbz", "tbz2", "tb2", "bz2"):
		return gitalypb.GetArchiveRequest_TAR_BZ2, nil
	case ending("tar.gz", "tgz", "gz"), name == "archive":
		return gitalypb.GetArchiveRequest_TAR_GZ, nil
	default:
		return 0, fmt.Errorf("invalid format: %s", name)
	}
}

func setArchiveHeaders(header http.Header, format gitalypb.GetArchiveRequest_Format, archivePath string) {
	header.Set("Content-Type", "application/octet-stream")
	if format == gitalypb.GetArchiveRequest_ZIP {
		header.Set("Content-Type", "application/zip")
	}
	header.Set("Content-Transfer-Encoding", "binary")
	if archivePath != "" {
		header.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", path.Base(archivePath)))
	}
}
