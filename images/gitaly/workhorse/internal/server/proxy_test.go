package server_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRailsGetsTheRequestAndWorkhorsesHeaders(t *testing.T) {
	var got *http.Request
	var body []byte
	b := newBox(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.Header().Set("X-Request-Id", "from-rails")
		w.WriteHeader(http.StatusCreated)
	})
	response := b.do("POST", "/api/v4/projects/group%2Fname/a?x=1;y=%zz&z", "payload",
		"X-Request-Id", "01ABC", "X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https",
		"Gitlab-Workhorse", "forged", "Gitlab-Workhorse-Api-Request", "forged", "Gitlab-Workhorse-Else", "forged",
		"Connection", "X-Hop", "X-Hop", "1")

	require.Equal(t, http.StatusCreated, response.StatusCode)
	require.Equal(t, []string{"01ABC"}, response.Header.Values("X-Request-Id"))
	require.Equal(t, "payload", string(body))
	require.Equal(t, "/api/v4/projects/group%2Fname/a?x=1;y=%zz&z", got.RequestURI)
	require.Equal(t, strings.TrimPrefix(b.url, "http://"), got.Host)
	require.Equal(t, "01ABC", got.Header.Get("X-Request-Id"))
	require.Equal(t, "v1.2.3", got.Header.Get("Gitlab-Workhorse"))
	require.Regexp(t, `^\d{19}$`, got.Header.Get("Gitlab-Workhorse-Proxy-Start"))
	require.Equal(t, "203.0.113.9, 127.0.0.1", got.Header.Get("X-Forwarded-For"))
	require.Equal(t, "https", got.Header.Get("X-Forwarded-Proto"))
	for _, name := range []string{"Gitlab-Workhorse-Api-Request", "Gitlab-Workhorse-Else", "X-Hop", "Connection"} {
		require.Empty(t, got.Header.Values(name), name)
	}
}

func TestCorrelationIDsThatAreNotSaneAreReplaced(t *testing.T) {
	b := newBox(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Header.Get("X-Request-Id"))
	})
	for _, sent := range []string{"", `a"b`, "two words", strings.Repeat("x", 256)} {
		response := b.get("/", "X-Request-Id", sent)
		id := response.Header.Get("X-Request-Id")
		require.Regexp(t, `^[0-9A-Z]{26}$`, id, "for %q", sent)
		require.Equal(t, id, text(t, response))
	}
}

func TestAccessLogHasGitLabsShapeAndNoSecrets(t *testing.T) {
	log := captureLog(t)
	b := newBox(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "{}")
	})
	text(t, b.get("/api/v4/user?private_token=hush&page=2", "User-Agent", "curl/8", "X-Request-Id", "01LOG",
		"Referer", "http://a/?password=hush", "X-Forwarded-For", "203.0.113.9"))

	line := log.line(t, `"access"`)
	for name, value := range map[string]any{
		"correlation_id": "01LOG", "host": strings.TrimPrefix(b.url, "http://"), "level": "info", "method": "GET",
		"msg": "access", "proto": "HTTP/1.1", "referrer": "http://a/?password=[FILTERED]", "remote_ip": "203.0.113.9",
		"route": "^/api/", "status": 200.0, "system": "http", "user_agent": "curl/8", "written_bytes": 2.0,
		"uri": "/api/v4/user?private_token=[FILTERED]&page=2", "content_type": "application/json",
	} {
		require.Equal(t, value, line[name], name)
	}
	for _, name := range []string{"duration_ms", "ttfb_ms", "time", "remote_addr"} {
		require.Contains(t, line, name)
	}
	require.NotContains(t, strings.Join(log.lines(), ""), "hush")
}

func TestWithoutRailsThereIsA502OfOurOwn(t *testing.T) {
	log := captureLog(t)
	b := newBox(t, nil)
	b.rails.Close()

	response := b.get("/api/v4/user", "X-Request-Id", "01AWAY")
	require.Equal(t, http.StatusBadGateway, response.StatusCode)
	require.Equal(t, "GitLab is not responding", text(t, response))
	require.Equal(t, "text/plain; charset=utf-8", response.Header.Get("Content-Type"))

	line := log.line(t, "badgateway")
	require.Equal(t, "badgateway: failed to receive response: dial unix "+b.railsSocket()+
		": connect: no such file or directory", line["error"])
	require.Equal(t, "error", line["level"])
	require.Equal(t, "01AWAY", line["correlation_id"])
	require.Equal(t, "/api/v4/user", line["uri"])
}

func TestBrowsersGetThePageForA502(t *testing.T) {
	b := newBox(t, nil)
	b.rails.Close()
	require.Equal(t, "GitLab is not responding", text(t, b.get("/", "Accept", "text/html")), "without a page")

	b.write("public/502.html", "<h1>Whoops</h1>")
	response := b.get("/", "Accept", "text/html,*/*;q=0.8")
	require.Equal(t, http.StatusBadGateway, response.StatusCode)
	require.Equal(t, "text/html; charset=utf-8", response.Header.Get("Content-Type"))
	require.Equal(t, "<h1>Whoops</h1>", text(t, response))
	require.Equal(t, "GitLab is not responding", text(t, b.get("/", "Accept", "application/json")))
}

func TestA502OfRailsItselfIsNotReplaced(t *testing.T) {
	b := newBox(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "from a service behind Rails")
	})
	b.write("public/502.html", "<h1>Whoops</h1>")
	response := b.get("/", "Accept", "text/html")
	require.Equal(t, http.StatusBadGateway, response.StatusCode)
	require.Equal(t, "from a service behind Rails", text(t, response))
}

func TestASlowRailsIsGivenUp(t *testing.T) {
	log := captureLog(t)
	b := newBoxWith(t, boxOptions{headersTimeout: 50 * time.Millisecond}, func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
	})
	require.Equal(t, http.StatusBadGateway, b.get("/").StatusCode)
	require.Contains(t, log.line(t, "badgateway")["error"], "net/http: timeout awaiting response headers")
}

func TestAnswersStream(t *testing.T) {
	next := make(chan struct{})
	b := newBox(t, func(w http.ResponseWriter, _ *http.Request) {
		for _, line := range []string{"one\n", "two\n"} {
			_, _ = io.WriteString(w, line)
			_ = http.NewResponseController(w).Flush()
			<-next
		}
	})
	answers := bufio.NewReader(b.get("/").Body)
	for _, line := range []string{"one\n", "two\n"} {
		answer, err := answers.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, line, answer)
		next <- struct{}{}
	}
}

func TestBodiesStream(t *testing.T) {
	received := make(chan string)
	b := newBox(t, func(_ http.ResponseWriter, r *http.Request) {
		lines := bufio.NewScanner(r.Body)
		for lines.Scan() {
			received <- lines.Text()
		}
	})
	reader, writer := io.Pipe()
	go func() {
		defer writer.Close()
		for _, line := range []string{"one", "two"} {
			_, _ = io.WriteString(writer, line+"\n")
			if line != <-received {
				return
			}
		}
	}()
	response, err := http.Post(b.url+"/", "text/plain", reader)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
}

func TestAClientThatGoesEndsTheRequestAtRails(t *testing.T) {
	began, ended := make(chan struct{}), make(chan struct{})
	b := newBox(t, func(_ http.ResponseWriter, r *http.Request) {
		close(began)
		<-r.Context().Done()
		close(ended)
	})
	ctx, leave := context.WithCancel(context.Background())
	request, err := http.NewRequestWithContext(ctx, "GET", b.url, nil)
	require.NoError(t, err)
	go func() {
		<-began
		leave()
	}()
	_, err = http.DefaultClient.Do(request)
	require.ErrorIs(t, err, context.Canceled)
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Fatal("Rails still works for a client that has gone")
	}
}

func TestAnswersMeantForWorkhorseDoNotLeak(t *testing.T) {
	b := newBox(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.gitlab-workhorse+json; charset=utf-8")
		_, _ = io.WriteString(w, `{"GitalyServer":{"token":"hush"}}`)
	})
	response := b.get("/group/project.git/other")
	require.Equal(t, http.StatusInternalServerError, response.StatusCode)
	require.NotContains(t, text(t, response), "hush")
}

func TestConnectionsCanBeUpgraded(t *testing.T) {
	b := newBox(t, func(w http.ResponseWriter, _ *http.Request) {
		connection, buffer, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer connection.Close()
		_, _ = io.WriteString(connection, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		line, _ := buffer.ReadString('\n')
		_, _ = io.WriteString(connection, line)
	})
	address, err := url.Parse(b.url)
	require.NoError(t, err)
	connection, err := net.Dial("tcp", address.Host)
	require.NoError(t, err)
	defer connection.Close()
	request, err := http.NewRequest("GET", b.url+"/-/cable", nil)
	require.NoError(t, err)
	request.Header.Set("Connection", "Upgrade")
	request.Header.Set("Upgrade", "echo")
	require.NoError(t, request.Write(connection))
	answers := bufio.NewReader(connection)
	response, err := http.ReadResponse(answers, request)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, response.StatusCode)
	_, err = io.WriteString(connection, "hello\n")
	require.NoError(t, err)
	echo, err := answers.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "hello\n", echo)
}

func TestGitLabCanLiveUnderAPath(t *testing.T) {
	b := newBoxWith(t, boxOptions{prefix: "/gitlab", headersTimeout: time.Minute}, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.URL.Path)
	})
	b.write("public/robots.txt", "robots")
	require.Equal(t, "/gitlab/api/v4/user", text(t, b.get("/gitlab/api/v4/user")))
	require.Equal(t, "robots", text(t, b.get("/gitlab/robots.txt")))
	require.Equal(t, http.StatusNotFound, b.get("/gitlabx").StatusCode)
	require.Equal(t, http.StatusNotFound, b.get("/other").StatusCode)
}
