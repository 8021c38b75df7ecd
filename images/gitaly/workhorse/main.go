// Command gitlab-workhorse is a stand-in for GitLab Workhorse: the proxy in
// front of GitLab's Rails application. It has the flags, the headers, the log
// lines and the Git paths of the genuine program, and none of its uploads,
// object storage, job queues or web terminals.
//
// Start reading at internal/server, which has the routes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"gitlab.com/gitlab-org/labkit/log"
)

// Version is what Rails and -version are told; the build sets it.
var Version = "v0.0.0"

// BuildTime is the second half of what -version prints.
var BuildTime = "19700101.000000"

const usageError = 2

func main() {
	opts, err := parseOptions(os.Args[0], os.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(usageError)
	case opts.printVersion:
		fmt.Printf("gitlab-workhorse %s-%s\n", Version, BuildTime)
		return
	}
	if err := serve(opts); err != nil {
		log.WithError(err).Fatal("shutting down")
	}
}
