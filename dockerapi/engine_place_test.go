package dockerapi

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/portlint/portlint/lint"
)

// TestEnginePlace: this machine's sockets count inside the engine's network namespace, and nowhere else.
func TestEnginePlace(t *testing.T) {
	realEngines(t, func(t *testing.T, e engine) {
		if e.netns != "" {
			outside(t, e)
		}
		out := inside(t, e, "TestInside")
		if want := "local=true rootless=false blind=[] calls="; !strings.Contains(out, want) {
			t.Errorf("from inside: %s, want %s", out, want)
		}
		t.Log(out)
	})
}

func outside(t *testing.T, e engine) {
	t.Helper()
	h := Look(t.Context(), e.options(""))
	if len(h.Blind) != 1 {
		t.Fatalf("%+v", h)
	}
	why := h.Blind[0]
	if h.Engine.Local || why.What != blindSockets || !strings.HasPrefix(why.Why, "the engine binds ports in another network namespace (dockerd, pid ") {
		t.Errorf("%+v %+v", h.Engine, h.Blind)
	}
}

// inside runs a test of this binary in the network namespace of an engine and returns what it wrote.
func inside(t *testing.T, e engine, test string) string {
	t.Helper()
	command := []string{os.Args[0], "-test.run=^" + test + "$", "-test.v"}
	if e.netns != "" {
		command = append([]string{"nsenter", "--net=" + e.netns}, command...)
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "PORTLINT_TEST_INSIDE="+e.socket)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// TestInside is run by others in the network namespace of an engine.
func TestInside(t *testing.T) {
	e := engine{socket: os.Getenv("PORTLINT_TEST_INSIDE")}
	if e.socket == "" {
		t.Skip("is run by TestEnginePlace")
	}
	var calls atomic.Int64
	began := time.Now()
	h := counted(t, e.options(""), &calls)
	t.Logf("version=%s local=%t rootless=%t blind=%v calls=%d in %v", h.Engine.Version, h.Engine.Local, h.Engine.Rootless, h.Blind, calls.Load(), time.Since(began).Round(100*time.Microsecond))
	if n := calls.Load(); n > 4 {
		t.Errorf("%d calls for an engine with nothing to inspect, want at most 4", n)
	}
}

// counted is Look with a count of the requests.
func counted(t *testing.T, o Options, calls *atomic.Int64) lint.Host {
	t.Helper()
	at, err := resolve(o)
	if err != nil {
		t.Fatal(err)
	}
	c, err := connect(at, o.Env, o.Timeout)
	if err != nil {
		t.Fatal(err)
	}
	open := c.dialer.open
	c.dialer.open = func(ctx context.Context, network, address string) (net.Conn, error) {
		to, err := open(ctx, network, address)
		if unix, ok := to.(*net.UnixConn); ok {
			return countingConn{unix, calls}, err
		}
		return to, err
	}
	defer c.close()
	return c.look(t.Context(), o.Project)
}

type countingConn struct {
	*net.UnixConn
	calls *atomic.Int64
}

func (c countingConn) Write(b []byte) (int, error) {
	c.calls.Add(int64(bytes.Count(b, []byte(" HTTP/1.1\r\n"))))
	return c.UnixConn.Write(b)
}
