package server_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const ada = "Basic YWRhOmxvdmVsYWNl" // ada:lovelace

func TestPushCloneAndFetch(t *testing.T) {
	g := newGitBox(t)
	g.commit("README.md", "hello\n")
	g.mustGit("-C", "work", "push", g.address(), "main")

	for _, protocol := range []string{"0", "1", "2"} {
		g.mustGit("-c", "protocol.version="+protocol, "clone", "-q", g.address(), "clone"+protocol)
		require.Equal(t, g.head()+"\n", g.mustGit("-C", "clone"+protocol, "rev-parse", "HEAD"))
	}
	g.commit("second", "more\n")
	g.mustGit("-C", "work", "push", g.address(), "main", "HEAD:refs/tags/v1")
	g.mustGit("-C", "clone2", "fetch", "-q", "origin")
	require.Equal(t, g.head()+"\n", g.mustGit("-C", "clone2", "rev-parse", "v1"))
	g.mustGit("-C", "work", "push", g.address(), ":v1")
	require.NotContains(t, g.mustGit("ls-remote", g.address()), "v1")
}

func TestOneCorrelationIDRunsFromTheClientToGitaly(t *testing.T) {
	g := newGitBox(t)
	g.commit("a", "a")
	g.mustGit("-C", "work", "-c", "http.extraHeader=X-Request-Id: 01CORRELATED", "push", g.address(), "main")
	log, err := os.ReadFile(g.gitalyLog())
	require.NoError(t, err)
	for _, line := range strings.Split(string(log), "\n") {
		if strings.Contains(line, `"PostReceivePack"`) && strings.Contains(line, "finished") {
			require.Contains(t, line, `"correlation_id":"01CORRELATED"`)
			require.Contains(t, line, `"grpc.meta.client_name":"gitlab-workhorse"`)
			return
		}
	}
	t.Fatalf("no finished PostReceivePack in %s", log)
}

func TestAdvertisement(t *testing.T) {
	g := newGitBox(t)
	response := g.get("/group/project.git/info/refs?service=git-upload-pack", "Authorization", ada)
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, "application/x-git-upload-pack-advertisement", response.Header.Get("Content-Type"))
	require.Equal(t, "no-cache", response.Header.Get("Cache-Control"))
	require.True(t, strings.HasPrefix(text(t, response), "001e# service=git-upload-pack\n0000"))

	response = g.get("/group/project.git/info/refs?service=git-upload-pack", "Authorization", ada,
		"Accept-Encoding", "deflate, gzip", "Git-Protocol", "version=2")
	require.Equal(t, "gzip", response.Header.Get("Content-Encoding"))
	packed, err := gzip.NewReader(response.Body)
	require.NoError(t, err)
	var plain bytes.Buffer
	_, err = plain.ReadFrom(packed)
	require.NoError(t, err)
	require.Contains(t, plain.String(), "version 2\n")

	require.Equal(t, http.StatusNotFound, g.get("/group/project.git/info/refs", "Authorization", ada).StatusCode)
}

func TestPackedQuestionsAreUnpacked(t *testing.T) {
	g := newGitBox(t)
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, err := writer.Write([]byte("0014command=ls-refs\n0000"))
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	ask := func(body, encoding string) *http.Response {
		return g.do("POST", "/group/project.git/git-upload-pack", body, "Authorization", ada, "Git-Protocol", "version=2",
			"Content-Type", "application/x-git-upload-pack-request", "Content-Encoding", encoding)
	}
	response := ask(packed.String(), "gzip")
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, "application/x-git-upload-pack-result", response.Header.Get("Content-Type"))
	require.Equal(t, "0000", text(t, response))
	require.Equal(t, http.StatusBadRequest, ask("not packed", "gzip").StatusCode)
	require.Equal(t, http.StatusUnsupportedMediaType, ask("x", "br").StatusCode)
}

func TestRefusalsOfRailsReachTheClient(t *testing.T) {
	g := newGitBox(t)
	response := g.get("/group/project.git/info/refs?service=git-upload-pack")
	require.Equal(t, http.StatusUnauthorized, response.StatusCode)
	require.Equal(t, `Basic realm="GitLab"`, response.Header.Get("WWW-Authenticate"))
	require.Equal(t, "HTTP Basic: Access denied\n", text(t, response))
	require.Len(t, response.Header.Values("X-Request-Id"), 1)

	said, err := g.git("clone", strings.Replace(g.address(), "lovelace", "wrong", 1))
	require.Error(t, err)
	require.Contains(t, said, "remote: HTTP Basic: Access denied")
}

func TestAPushThatRailsRefusesInTheHook(t *testing.T) {
	g := newGitBox(t)
	g.commit("a", "a")
	g.reject = "You are not allowed to push code to protected branches on this project."
	said, err := g.git("-C", "work", "push", g.address(), "main")
	require.Error(t, err)
	require.Contains(t, said, "remote: GitLab: "+g.reject)
	require.Contains(t, said, "(pre-receive hook declined)")
}

func TestGitalyAwayAndBack(t *testing.T) {
	g := newGitBox(t)
	log := captureLog(t)
	g.stopGitaly()
	said, err := g.git("clone", g.address(), "away")
	require.Error(t, err)
	require.Contains(t, said, "remote: The git server, Gitaly, is not available at this time. Please contact your administrator.")
	require.Contains(t, said, "The requested URL returned error: 503")
	require.Contains(t, log.line(t, "handleGetInfoRefs")["error"], "Unavailable")

	g.startGitaly()
	require.Eventually(t, func() bool {
		_, err := g.git("ls-remote", g.address())
		return err == nil
	}, 3*maxReconnect, maxReconnect/10, "Workhorse does not find the Gitaly that is back")
}

func TestGitalysTokenDiffersFromRails(t *testing.T) {
	g := newGitBox(t)
	log := captureLog(t)
	g.token = "another"
	said, err := g.git("clone", g.address())
	require.Error(t, err)
	require.Contains(t, said, "The requested URL returned error: 500")
	require.Contains(t, log.line(t, "handleGetInfoRefs")["error"], "PermissionDenied desc = permission denied")
}

func TestTheRepositoryIsGone(t *testing.T) {
	g := newGitBox(t)
	g.repository.RelativePath = "@hashed/no/ne/none.git"
	response := g.get("/group/project.git/info/refs?service=git-upload-pack", "Authorization", ada)
	require.Equal(t, http.StatusNotFound, response.StatusCode)
	require.Equal(t, "Not Found.\n", text(t, response))
	response = g.do("POST", "/group/project.git/git-receive-pack", "0000", "Authorization", ada,
		"Content-Type", "application/x-git-receive-pack-request")
	require.Equal(t, http.StatusNotFound, response.StatusCode)
}

func TestGitalyDiesUnderAPush(t *testing.T) {
	g := newGitBox(t)
	body, client := newSlowBody()
	defer client.Close()
	done := make(chan *http.Response)
	go func() {
		request, _ := http.NewRequest("POST", g.url+"/group/project.git/git-receive-pack", body)
		request.Header.Set("Authorization", ada)
		request.Header.Set("Content-Type", "application/x-git-receive-pack-request")
		response, _ := http.DefaultTransport.RoundTrip(request)
		done <- response
	}()
	client.writeUntilReceived()
	g.stopGitaly()
	client.Close()
	response := <-done
	require.NotNil(t, response)
	defer response.Body.Close()
	require.Equal(t, http.StatusServiceUnavailable, response.StatusCode)
}

func TestWithoutTheSecretNoGitRequestGoesOn(t *testing.T) {
	log := captureLog(t)
	b := newBoxWith(t, boxOptions{withoutSecret: true, headersTimeout: maxReconnect}, func(http.ResponseWriter, *http.Request) {
		t.Error("Rails was asked")
	})
	response := b.get("/group/project.git/info/refs?service=git-upload-pack")
	require.Equal(t, http.StatusInternalServerError, response.StatusCode)
	require.Contains(t, log.line(t, "secretPath")["error"], "no such file or directory")
	b.write("secret", base64.StdEncoding.EncodeToString([]byte("short")))
	b.get("/group/project.git/info/refs?service=git-upload-pack")
	require.Contains(t, log.line(t, "expected 32 bytes")["error"], "found 5")
}
