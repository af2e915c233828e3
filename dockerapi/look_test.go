package dockerapi

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/desktop"
)

// reasons are the blind spots of one kind.
func reasons(h lint.Host, what string) []string {
	var all []string
	for _, b := range h.Blind {
		if b.What == what {
			all = append(all, b.Why)
		}
	}
	return all
}

// lookWithin fails when the answer takes longer than the timeout and a little.
func lookWithin(t *testing.T, o Options) lint.Host {
	t.Helper()
	o.Timeout = 600 * time.Millisecond
	if o.Env == nil {
		o.Env = map[string]string{"HOME": t.TempDir()}
	}
	began := time.Now()
	h := Look(t.Context(), o)
	if took := time.Since(began); took > o.Timeout+time.Second {
		t.Errorf("took %v with a timeout of %v", took, o.Timeout)
	}
	return h
}

// TestNoAnswer: whatever goes wrong before the engine says who it is leaves one reason, an engine without a version, and
// sockets that do not count.
func TestNoAnswer(t *testing.T) {
	dir := shortDir(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	serve(t, at("hang"), func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	for name, answer := range map[string]string{
		"garbage": "SSH-2.0-OpenSSH_9.2\r\n",
		"heads":   "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
		"chunks":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"coding":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: x\r\n\r\n",
	} {
		serve(t, at(name), func(c net.Conn) {
			_, _ = c.Read(make([]byte, 1000))
			_, _ = c.Write([]byte(answer))
		})
	}
	serve(t, at("silent"), func(net.Conn) {})
	refusing(t, at("refused"))
	if err := os.WriteFile(at("file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ host, want string }{
		"none":    {"unix://" + at("none"), `there is no socket "` + at("none") + `"`},
		"refused": {"unix://" + at("refused"), `connection refused: no engine listens at the socket "` + at("refused") + `"`},
		"file":    {"unix://" + at("file"), `"` + at("file") + `" is no socket`},
		"hang":    {"unix://" + at("hang"), `unix://` + at("hang") + ` takes connections but did not answer within 600ms (portlint --timeout 3s ... gives it longer)`},
		"garbage": {"unix://" + at("garbage"), "what the engine sent is not Docker's API"},
		"heads":   {"unix://" + at("heads"), "what the engine sent is not Docker's API"},
		"chunks":  {"unix://" + at("chunks"), "what the engine sent is not Docker's API"},
		"coding":  {"unix://" + at("coding"), "what the engine sent is not Docker's API"},
		"silent":  {"unix://" + at("silent"), "the engine closed the connection without an answer"},
		"tcp":     {"tcp://127.0.0.1:1", "connection refused: no engine listens at tcp://127.0.0.1:1"},
		"scheme":  {"gopher://x", `"gopher://x" is not the address of an engine`},
	} {
		t.Run(name, func(t *testing.T) { wantNoAnswer(t, lookWithin(t, Options{Host: c.host}), c.want) })
	}
}

func wantNoAnswer(t *testing.T, h lint.Host, want string) {
	t.Helper()
	if got := reasons(h, blindEngine); len(got) != 1 || got[0] != want {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	if h.Engine.Version != "" || h.Engine.Local || len(reasons(h, blindSockets)) != 1 || h.Containers != nil {
		t.Errorf("%+v", h)
	}
}

// serve answers every connection in the same way and closes it.
func serve(t *testing.T, socket string, answer func(net.Conn)) {
	l := listen(t, socket)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				answer(c)
			}()
		}
	}()
}

// refusing leaves a socket behind that nobody listens at.
func refusing(t *testing.T, socket string) {
	l := listen(t, socket)
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
}

// TestBadEngine: engines that answer, but not as they should.
func TestBadEngine(t *testing.T) {
	for name, c := range map[string]struct {
		change func(f *fake)
		want   string
	}{
		"old":       {func(f *fake) { f.headers["Api-Version"] = "1.30" }, "the engine is asked with API 1.30, portlint needs 1.41 (engine 20.10) or newer"},
		"no engine": {func(f *fake) { delete(f.headers, "Api-Version") }, "what answers there is no Docker engine: it names no API version"},
		"forbidden": {func(f *fake) { f.serve["/_ping"] = status(403, "no") }, `the engine answered 403 Forbidden {"message":"no"}`},
		"half ping": {func(f *fake) { f.serve["/_ping"] = half("O") }, "the engine sent half an answer"},
	} {
		t.Run(name, func(t *testing.T) {
			wantNoAnswer(t, lookWithin(t, Options{Host: "unix://" + newFake(t, c.change).socket}), c.want)
		})
	}
}

// TestHalfBlind: what one call does not tell is said, and what the others told is kept.
func TestHalfBlind(t *testing.T) {
	const wants = "client version 1.51 is too old. Minimum supported API version is 1.60, please upgrade your client to a newer version"
	for name, c := range map[string]struct {
		path  string
		serve http.HandlerFunc
		want  string
	}{
		"half":    {"/containers/json", half(`[{"Id":"a1","Names":["/a"]`), "the engine did not tell its containers: the engine sent half an answer"},
		"null":    {"/containers/json", text("null"), "the engine did not tell its containers: what the engine sent is not Docker's API"},
		"object":  {"/containers/json", text("{}"), "the engine did not tell its containers: what the engine sent is not Docker's API"},
		"html":    {"/networks", text("<html>"), "the engine did not tell its networks: what the engine sent is not Docker's API"},
		"refused": {"/containers/json", status(403, "the proxy says no"), "the engine did not tell its containers: Error response from daemon: the proxy says no"},
		"new":     {"/containers/json", status(400, wants), "the engine did not tell its containers: the engine wants API 1.60 or newer, portlint was asked to speak 1.51 at most"},
		"hang":    {"/networks", hang, "the engine did not tell its networks: SOCKET takes connections but did not answer within 600ms (portlint --timeout 3s ... gives it longer)"},
		"no info": {"/info", text("<html>"), "the engine did not tell what it is: what the engine sent is not Docker's API"},
		"less":    {"/info", half(`{"Name":`), "the engine did not tell what it is: the engine sent half an answer"},
		"info":    {"/info", status(500, "broken"), "the engine did not tell what it is: Error response from daemon: broken"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, func(f *fake) { f.serve[c.path] = c.serve })
			h := lookWithin(t, Options{Host: "unix://" + f.socket})
			want := strings.Replace(c.want, "SOCKET", "unix://"+f.socket, 1)
			if got := reasons(h, blindEngine); len(got) != 1 || got[0] != want {
				t.Errorf("\n got %q\nwant %q", got, want)
			}
			if h.Engine.Version != "27.5.1" || h.Engine.Local {
				t.Errorf("%+v", h.Engine)
			}
		})
	}
}

// TestSlow: what an engine tells too late is a blind spot with its name, and nothing of what it told before is lost: not what its
// stopped containers ask for either, which is asked once they are listed.
func TestSlow(t *testing.T) {
	for _, late := range []struct{ path, name string }{{"/info", "what it is"}, {"/networks", "its networks"}} {
		f := newFake(t, func(f *fake) {
			f.bodies["/containers/json"] = `[{"Id":"a1","Names":["/web"],"State":"exited","Labels":{"com.docker.compose.project":"p1"}},
				{"Id":"a2","Names":["/db"],"State":"running","Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8081,"Type":"tcp"}]}]`
			f.bodies["/containers/a1/json"] = `{"Id":"a1","State":{"Pid":0},"HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"}]}}}`
			f.serve[late.path] = hang
		})
		h := lookWithin(t, Options{Host: "unix://" + f.socket, Project: "p1"})
		if got := reasons(h, blindEngine); len(got) != 1 || !strings.HasPrefix(got[0], "the engine did not tell "+late.name+": ") {
			t.Errorf("%s: %q", late.path, got)
		}
		if len(h.Containers) != 2 || say(&h.Containers[0]) != "exited wanted: 127.0.0.1:8080/tcp>80" || say(&h.Containers[1]) != "running bound: 0.0.0.0:8081/tcp>80" {
			t.Errorf("%s: %+v", late.path, h.Containers)
		}
	}
}

// TestMovedDesktop: Docker Desktop may answer at its old address with an error that names the new one.
func TestMovedDesktop(t *testing.T) {
	f := newFake(t, func(f *fake) {
		f.serve["/info"] = func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"ID":"","ServerVersion":"","Labels":["com.docker.desktop.address=npipe://\\\\.\\pipe\\docker_cli"]}`)
		}
	})
	h := lookWithin(t, Options{Host: "unix://" + f.socket})
	if h.Engine.Name != desktop.DockerDesktopName || h.Engine.Local || len(reasons(h, blindEngine)) > 0 {
		t.Errorf("%+v %v", h.Engine, h.Blind)
	}
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

// TestCancelled: the caller's own end is not the engine's fault.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := newFake(t, nil)
	wantNoAnswer(t, Look(ctx, Options{Host: "unix://" + f.socket}), "it was cancelled")
}

// TestMany: 2,000 containers, of which half have stopped, cost a bounded number of calls and little time.
func TestMany(t *testing.T) {
	var list []string
	for i := range 2000 {
		state, ports := "running", fmt.Sprintf(`{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":%d,"Type":"tcp"},{"PrivatePort":90,"Type":"tcp"}`, 10000+i)
		if i%2 == 1 {
			state, ports = "exited", ""
		}
		list = append(list, fmt.Sprintf(`{"Id":"c%d","Names":["/c%d"],"State":%q,"Ports":[%s],"Labels":{"com.docker.compose.project":"p%d"}}`, i, i, state, ports, i%50))
	}
	f := newFake(t, func(f *fake) {
		f.bodies["/containers/json"] = "[" + strings.Join(list, ",") + "]"
		for i := range list {
			f.bodies[fmt.Sprintf("/containers/c%d/json", i)] = `{"Id":"x","State":{"Status":"exited"},"HostConfig":{"RestartPolicy":{"Name":"always"},"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}]}}}`
		}
	})
	began := time.Now()
	h := Look(t.Context(), Options{Host: "unix://" + f.socket, Project: "p1", Timeout: 20 * time.Second})
	t.Logf("%d calls, %v", f.total(), time.Since(began).Round(time.Millisecond))
	if calls := f.total(); calls != 4+40+inspectOthers { // ping, containers, networks, info
		t.Errorf("%d calls", calls)
	}
	if got := reasons(h, blindStopped); len(got) != 1 || got[0] != "860 of other projects were not asked which ports they want" {
		t.Errorf("%q", got)
	}
	bound, wanted := 0, 0
	for _, c := range h.Containers {
		bound, wanted = bound+len(c.Bound), wanted+len(c.Wanted)
	}
	if len(h.Containers) != 2000 || bound != 1000 || wanted != 2*140 || len(reasons(h, blindEngine)) > 0 {
		t.Errorf("%d containers, %d bound, %d wanted, %v", len(h.Containers), bound, wanted, h.Blind)
	}
}

// TestPodman: its list names ports of containers that hold none, and a user's has one socket for both families.
func TestPodman(t *testing.T) {
	f := newFake(t, func(f *fake) {
		f.headers["Server"] = "Libpod/5.4.0 (linux)"
		f.headers["Api-Version"] = "1.41"
		delete(f.headers, "Swarm")
		f.from(t, "podman")
	})
	h := lookWithin(t, Options{Host: "unix://" + f.socket})
	if !h.Engine.Podman() || h.Engine.Version != "5.4.0" || !h.Engine.Rootless || f.calls["/services"] > 0 {
		t.Errorf("%+v, calls %v", h.Engine, f.calls)
	}
	for i, want := range []string{
		"running bound: 0.0.0.0:8080/tcp>80 [::]:8080/tcp>80 127.0.0.1:8081/udp>81",
		"created wanted: 0.0.0.0:9090/tcp>80 [::]:9090/tcp>80",
	} {
		if got := say(&h.Containers[i]); got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}

	f.bodies["/containers/a1/json"] = `{"Id":"a1","State":{"Status":"running","Pid":7},"HostConfig":{"PortBindings":{
		"80/tcp":[{"HostIp":"","HostPort":"8080"}],"81/tcp":[{"HostIp":"","HostPort":"8081"}],"91/udp":[{"HostIp":"127.0.0.1","HostPort":"8091"}]}}}`
	h = lookWithin(t, Options{Host: "unix://" + f.socket})
	if got, want := say(&h.Containers[0]), "running bound: 0.0.0.0:8080/tcp>80 [::]:8080/tcp>80 0.0.0.0:8081/tcp>81 [::]:8081/tcp>81 127.0.0.1:8091/udp>91"; got != want {
		t.Errorf("all ports of a run\n got %s\nwant %s", got, want)
	}

	f.bodies["/info"] = strings.Replace(f.bodies["/info"], `, "name=rootless"`, "", 1)
	h = lookWithin(t, Options{Host: "unix://" + f.socket})
	if got, want := say(&h.Containers[1]), "created wanted: 0.0.0.0:9090/tcp>80"; got != want || h.Engine.Rootless {
		t.Errorf("as root %s, want %s", got, want)
	}
}

func TestDesktopAndSwarm(t *testing.T) {
	f := newFake(t, func(f *fake) {
		f.headers["Swarm"] = "active/manager"
		f.from(t, "desktop")
	})
	h := lookWithin(t, Options{Host: "unix://" + f.socket})
	if h.Engine.Name != desktop.DockerDesktopName || h.Engine.Local || !slices.Equal(reasons(h, blindInside), []string{"what Docker Desktop's virtual machine has itself can't be seen from here"}) {
		t.Errorf("%+v %v", h.Engine, h.Blind)
	}
	want := []lint.SwarmPort{{Service: "edge", Proto: "tcp", Port: 30000, Ingress: true}, {Service: "edge", Proto: "udp", Port: 5353}}
	if !slices.Equal(h.Swarm, want) {
		t.Errorf("%+v", h.Swarm)
	}
	f = newFake(t, func(f *fake) { f.headers["Swarm"] = "active/worker" })
	if h := lookWithin(t, Options{Host: "unix://" + f.socket}); len(reasons(h, blindSwarm)) != 1 || f.calls["/services"] > 0 {
		t.Errorf("%+v", h.Blind)
	}
}

func wantReason(t *testing.T, o Options, want string) {
	t.Helper()
	if got := reasons(lookWithin(t, o), blindEngine); len(got) != 1 || !strings.HasPrefix(got[0], want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}
