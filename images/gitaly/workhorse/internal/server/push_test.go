package server_test

import (
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const maxReconnect = time.Second

// slowBody is a request's body that is written while the request runs.
type slowBody struct{ *io.PipeWriter }

func newSlowBody() (io.Reader, slowBody) {
	reader, writer := io.Pipe()
	return reader, slowBody{writer}
}

// writeUntilReceived sends a command and the begin of a pack: more than fits
// into the buffers on the way, so that it has reached Gitaly.
func (s slowBody) writeUntilReceived() {
	const zero, one = "0000000000000000000000000000000000000000", "1111111111111111111111111111111111111111"
	_, _ = io.WriteString(s, "0073"+zero+" "+one+" refs/heads/main\x00report-status\n0000PACK")
	time.Sleep(200 * time.Millisecond)
}

// TestALargePushIsNotKeptInMemory pushes far more than Workhorse, which runs in
// this process, may take for it.
func TestALargePushIsNotKeptInMemory(t *testing.T) {
	const pushed, allowed = 32 << 20, 8 << 20
	g := newGitBox(t)
	g.commit("small", "")
	g.mustGit("-C", "work", "config", "core.compression", "0") // the time is not for zlib
	writeNoise(t, filepath.Join(g.folder, "work", "large"), pushed)
	g.mustGit("-C", "work", "add", ".")
	g.mustGit("-C", "work", "commit", "-q", "-m", "Add a large file")

	peak := watchHeap(t)
	g.mustGit("-C", "work", "push", "-q", g.address(), "main")
	require.Less(t, peak(), uint64(allowed))
	require.Contains(t, g.mustGit("ls-remote", g.address()), g.head())
}

func writeNoise(t *testing.T, path string, size int64) {
	t.Helper()
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	_, err = io.CopyN(file, rand.Reader, size)
	require.NoError(t, err)
}

// watchHeap returns a function that ends the watch and tells by how much the
// heap has grown at most.
func watchHeap(t *testing.T) func() uint64 {
	t.Helper()
	heap := func() uint64 {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapInuse
	}
	runtime.GC()
	start := heap()
	var most atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				most.Store(max(most.Load(), heap()))
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-stopped
		return most.Load() - min(start, most.Load())
	}
}
