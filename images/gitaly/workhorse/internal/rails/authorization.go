package rails

import (
	"encoding/json"

	"gitlab.com/gitlab-org/gitaly/v16/cmd/gitlab-workhorse/internal/gitaly"
	"gitlab.com/gitlab-org/gitaly/v16/proto/go/gitalypb"
	"google.golang.org/protobuf/encoding/protojson"
)

// Authorization is what Rails lets a Git request do: who asks, which
// repository, and which Gitaly has it.
type Authorization struct {
	GlID             string `json:"GL_ID"`
	GlUsername       string `json:"GL_USERNAME"`
	GlRepository     string `json:"GL_REPOSITORY"`
	ShowAllRefs      bool
	GitConfigOptions []string
	Repository       Repository
	GitalyServer     gitaly.Server
}

// showAllRefs undoes every hiding of references; Git knows no other way.
const showAllRefs = "transfer.hideRefs=!refs"

// GitConfig is the configuration that Git is to run with, as key=value.
func (a *Authorization) GitConfig() []string {
	config := append([]string(nil), a.GitConfigOptions...)
	if a.ShowAllRefs {
		config = append(config, showAllRefs)
	}
	return config
}

// Repository reads Gitaly's message from the JSON that Rails makes of it.
type Repository struct{ *gitalypb.Repository }

var _ json.Unmarshaler = (*Repository)(nil)

// UnmarshalJSON accepts fields that this version of the protocol does not know.
func (r *Repository) UnmarshalJSON(text []byte) error {
	r.Repository = &gitalypb.Repository{}
	return protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(text, r.Repository)
}
