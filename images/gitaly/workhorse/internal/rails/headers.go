package rails

import (
	"net/http"
	"strings"
)

// ownPrefix is that of the headers between Workhorse and Rails.
const ownPrefix = "Gitlab-Workhorse"

// RemoveForged removes what only Workhorse may say to Rails from what a client sent.
func RemoveForged(header http.Header) {
	for name := range header {
		if strings.HasPrefix(name, ownPrefix) {
			delete(header, name)
		}
	}
}

// RemoveHopByHop removes the headers that concern one connection only: the
// well-known ones and those that the Connection header names.
func RemoveHopByHop(header http.Header) {
	for _, line := range header["Connection"] {
		for _, name := range strings.Split(line, ",") {
			header.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range []string{
		"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Upgrade",
	} {
		header.Del(name)
	}
}
