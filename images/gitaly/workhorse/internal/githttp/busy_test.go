package githttp

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"gitlab.com/gitlab-org/gitaly/v16/proto/go/gitalypb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func limited(t *testing.T) error {
	t.Helper()
	full, err := status.New(codes.ResourceExhausted, "busy").WithDetails(&gitalypb.LimitError{ErrorMessage: "queue is full"})
	require.NoError(t, err)
	return fmt.Errorf("handlePack: %w", full.Err())
}

func TestThatGitalyIsBusyIsSaidInGitsProtocol(t *testing.T) {
	for service, expected := range map[string]string{
		uploadPack: "0047ERR GitLab is currently unable to handle this request due to load.\n",
		receivePack: "0023\x01001aunpack server is busy\n0000" +
			"0044\x02GitLab is currently unable to handle this request due to load.\n0000",
	} {
		response := httptest.NewRecorder()
		fail(&trackingWriter{ResponseWriter: response}, httptest.NewRequest("POST", "/a.git/"+service, nil), limited(t))
		require.Equal(t, expected, response.Body.String())
		require.Equal(t, 200, response.Code)
	}
}

func TestAnAnswerCutShortBreaksTheConnection(t *testing.T) {
	writer := &trackingWriter{ResponseWriter: httptest.NewRecorder()}
	_, err := writer.Write([]byte("begun"))
	require.NoError(t, err)
	require.Panics(t, func() {
		fail(writer, httptest.NewRequest("POST", "/a.git/git-upload-pack", nil), errors.New("lost"))
	})
}
