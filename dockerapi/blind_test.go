package dockerapi

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"testing"
)

// TestBadAnswerNamesNoRequest: what an HTTP client wraps around a reason is not for people, who asked nothing of "/_ping".
func TestBadAnswerNamesNoRequest(t *testing.T) {
	const pipe = "npipe:////./pipe/docker_engine"
	for name, c := range map[string]struct {
		host string
		err  error
		want string
	}{
		"no pipe":          {pipe, &fs.PathError{Op: "open", Path: "//./pipe/docker_engine", Err: fs.ErrNotExist}, `there is no pipe "//./pipe/docker_engine"`},
		"a pipe of others": {pipe, &fs.PathError{Op: "open", Path: "//./pipe/docker_engine", Err: fs.ErrPermission}, `permission denied at the pipe "//./pipe/docker_engine"`},
		"anything else":    {"unix:///run/x.sock", errors.New("it is tired"), "it is tired"},
	} {
		t.Run(name, func(t *testing.T) {
			request := &url.Error{Op: "Get", URL: "http://api.moby.localhost/_ping", Err: c.err}
			conn := &conn{}
			conn.at.Host = c.host
			if got := conn.badAnswer(fmt.Errorf("asking: %w", request)); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}
