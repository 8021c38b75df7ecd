package server_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gitlab.com/gitlab-org/labkit/log"
)

func TestMain(m *testing.M) {
	if _, err := log.Initialize(log.WithWriter(io.Discard)); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

type lockedBuffer struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (b *lockedBuffer) Write(data []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.Write(data)
}

func (b *lockedBuffer) lines() []string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return strings.Split(strings.TrimSpace(b.text.String()), "\n")
}

// line waits for the log line that contains the words: it is written after the
// response, which the client may have by then.
func (b *lockedBuffer) line(t *testing.T, words string) map[string]any {
	t.Helper()
	var fields map[string]any
	require.Eventually(t, func() bool {
		for _, line := range b.lines() {
			if strings.Contains(line, words) {
				return json.Unmarshal([]byte(line), &fields) == nil
			}
		}
		return false
	}, 5*time.Second, 5*time.Millisecond, "no log line with %q", words)
	return fields
}

func text(t *testing.T, response *http.Response) string {
	t.Helper()
	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(content)
}
