// Package gitaly connects to the Gitaly servers that Rails names.
package gitaly

import (
	"context"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/sirupsen/logrus"
	gitalyauth "gitlab.com/gitlab-org/gitaly/v16/auth"
	"gitlab.com/gitlab-org/gitaly/v16/client"
	grpccorrelation "gitlab.com/gitlab-org/labkit/correlation/grpc"
	gogrpc "google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/metadata"
)

// Server is a Gitaly as Rails describes it.
type Server struct {
	Address      string            `json:"address"`
	Token        string            `json:"token"`
	CallMetadata map[string]string `json:"call_metadata"`
}

const clientName = "gitlab-workhorse"

// maxReconnectDelay keeps a Gitaly that has come back from being thought away
// for long: gRPC alone would wait up to two minutes.
const maxReconnectDelay = time.Second

// Connections keeps one connection for each server and token.
type Connections struct {
	// Sidechannels are streams beside gRPC, by which packs travel with less work.
	Sidechannels *client.SidechannelRegistry

	mutex sync.Mutex
	open  map[serverKey]*gogrpc.ClientConn
}

type serverKey struct{ address, token string }

// NewConnections has none yet; they are made when asked for.
func NewConnections() *Connections {
	return &Connections{
		Sidechannels: client.NewSidechannelRegistry(quietLogger()),
		open:         map[serverKey]*gogrpc.ClientConn{},
	}
}

// quietLogger keeps the multiplexer's own words out of a log of JSON lines;
// what fails reaches the log as the error of the request.
func quietLogger() *logrus.Entry {
	logger := logrus.New()
	logger.SetOutput(io.Discard)
	return logrus.NewEntry(logger)
}

// To returns the connection to a server, and the context to call it with.
func (c *Connections) To(ctx context.Context, server Server) (context.Context, *gogrpc.ClientConn, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	key := serverKey{server.Address, server.Token}
	if c.open[key] == nil {
		connection, err := c.dial(server)
		if err != nil {
			return nil, nil, err
		}
		c.open[key] = connection
	}
	return withMetadata(ctx, server), c.open[key], nil
}

// Close ends all connections.
func (c *Connections) Close() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for key, connection := range c.open {
		connection.Close()
		delete(c.open, key)
	}
}

func (c *Connections) dial(server Server) (*gogrpc.ClientConn, error) {
	delays := backoff.DefaultConfig
	delays.BaseDelay, delays.MaxDelay = maxReconnectDelay/10, maxReconnectDelay
	named := grpccorrelation.WithClientName(clientName)
	// Dialling does not wait: whether Gitaly is there shows with the first call.
	return client.DialSidechannel(context.Background(), server.Address, c.Sidechannels, []gogrpc.DialOption{
		gogrpc.WithPerRPCCredentials(gitalyauth.RPCCredentialsV2(server.Token)),
		gogrpc.WithConnectParams(gogrpc.ConnectParams{Backoff: delays, MinConnectTimeout: maxReconnectDelay}),
		gogrpc.WithStreamInterceptor(grpccorrelation.StreamClientCorrelationInterceptor(named)),
		gogrpc.WithUnaryInterceptor(grpccorrelation.UnaryClientCorrelationInterceptor(named)),
		client.WithGitalyDNSResolver(client.DefaultDNSResolverBuilderConfig()),
	})
}

// withMetadata passes on what Rails may tell Gitaly about a call.
func withMetadata(ctx context.Context, server Server) context.Context {
	pairs := metadata.MD{}
	for key, value := range server.CallMetadata {
		if strings.HasPrefix(key, "gitaly-feature-") || key == "user_id" || key == "username" || key == "remote_ip" {
			pairs.Set(key, value)
		}
	}
	return metadata.NewOutgoingContext(ctx, pairs)
}
