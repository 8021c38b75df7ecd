package githttp

import (
	"fmt"
	"io"
	"net/http"
)

const busy = "GitLab is currently unable to handle this request due to load.\n"

const (
	resultBand   = "\x01"
	progressBand = "\x02"
	flushPacket  = "0000"
)

// writeBusy says so in Git's own protocol: an HTTP error's text is not shown.
func writeBusy(w http.ResponseWriter, service string) {
	if service == receivePack {
		writePacket(w, resultBand+packet("unpack server is busy\n")+flushPacket)
		writePacket(w, progressBand+busy)
		_, _ = io.WriteString(w, flushPacket)
		return
	}
	writePacket(w, "ERR "+busy)
}

// writePacket ignores errors: it is called for a request that failed already.
func writePacket(w io.Writer, content string) {
	_, _ = io.WriteString(w, packet(content))
}

// packet puts the length, which counts itself, in front of a content.
func packet(content string) string {
	return fmt.Sprintf("%04x%s", len(content)+4, content)
}
