package dockerapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/docker/cli/cli/connhelper"
	"github.com/docker/docker/api/types"
	"github.com/docker/docker/client"
)

// conn is a client of one engine that remembers how it got there.
type conn struct {
	at     endpoint
	api    *client.Client
	ping   string // the URL that every engine answers
	dialer *dialer
	limit  time.Duration        // for all calls together, to be said when it is over
	flags  []string             // of the docker CLI that reach the same engine
	env    map[string]string    // as the programs see it that are proposed
	heard  bool                 // it has answered the ping
	view   func(*conn) hostView // looks at this machine and at the other end of the connection
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// dialer opens the connections. The docker client drops why a connection failed and who is at the other end.
type dialer struct {
	open dialFunc

	mu     sync.Mutex
	failed error // of the last attempt, nil when it succeeded
	peer   int   // the process that listens on the other side of a unix socket, 0 when not seen
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	to, err := d.open(ctx, network, address)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failed = err
	if err == nil {
		d.peer = peerOf(to)
	}
	return to, err
}

func (d *dialer) state() (peer int, failed error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.peer, d.failed
}

func connect(at endpoint, env map[string]string, limit time.Duration) (*conn, error) {
	options, err := at.ClientOpts()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at.Host, err)
	}

	c := &conn{at: at, dialer: &dialer{}, limit: limit, view: look}
	if err := c.route(); err != nil {
		return nil, fmt.Errorf("%s: %w", at.Host, err)
	}

	if c.dialer.open != nil {
		options = append(options, client.WithDialContext(c.dialer.dial))
	}

	if c.takesTurns() {
		options = append(options, oneConnection)
	}
	options = append(options, client.WithHTTPHeaders(at.headers), client.WithVersion(env["DOCKER_API_VERSION"]))
	if c.api, err = client.NewClientWithOpts(options...); err != nil {
		return nil, fmt.Errorf("%s: %w", at.Host, err)
	}
	return c, nil
}

// takesTurns reports whether there is one connection for all calls: another ssh would take longer to get through than all of them.
func (c *conn) takesTurns() bool { return strings.HasPrefix(c.at.Host, "ssh://") }

// oneConnection makes calls take turns.
func oneConnection(c *client.Client) error {
	if t, ok := c.HTTPClient().Transport.(*http.Transport); ok {
		t.MaxConnsPerHost = 1
	}
	return nil
}

// route decides how connections are opened and where the ping goes. Windows pipes stay the docker client's own.
func (c *conn) route() error {
	host, scheme := c.at.Host, "http"
	helper, err := connhelper.GetConnectionHelper(host)
	if err != nil {
		return err
	}

	if helper != nil {
		c.dialer.open, host = overSSH(helper.Dialer), helper.Host
	}
	u, err := client.ParseHostURL(host)
	if err != nil {
		return err
	}
	plain := &net.Dialer{}
	switch u.Scheme {
	case "unix":
		socket := u.Host
		c.dialer.open = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return plain.DialContext(ctx, "unix", socket)
		}
		u.Host = client.DummyHost
	case "npipe", "fd":
		u.Host = client.DummyHost
	default:
		if helper == nil {
			c.dialer.open = plain.DialContext
		}
		if helper == nil && (c.at.TLSData != nil || c.at.SkipTLSVerify) {
			scheme = "https"
		}
	}

	c.ping = scheme + "://" + u.Host + strings.TrimSuffix(u.Path, "/") + "/_ping"
	return nil
}

// sshConn is a connection through ssh's standard input and output. An ssh that is gone has said why; the docker CLI's
// connection tells it to the first reader alone, so that is kept for whoever reads or writes afterwards or at the same time.
type sshConn struct {
	net.Conn
	reading sync.Mutex
	failed  error // what ended the reading
}

func (c *sshConn) Read(b []byte) (int, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	if c.failed != nil {
		return 0, c.failed
	}
	var n int
	n, c.failed = c.Conn.Read(b)
	return n, c.failed
}

func (c *sshConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, fs.ErrClosed) {
		return n, cmp.Or(c.lastWords(), err)
	}
	return n, err
}

// lastWords waits for a reader, who will meet the same end.
func (c *sshConn) lastWords() error {
	c.reading.Lock()
	defer c.reading.Unlock()
	if c.failed == nil {
		_, c.failed = c.Conn.Read(make([]byte, 1))
	}
	return c.failed
}

func overSSH(open dialFunc) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := open(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &sshConn{Conn: c}, nil
	}
}

// close ends the connections. One over ssh waits for its process, for which nobody has to wait.
func (c *conn) close() {
	if c.takesTurns() {
		go func() { _ = c.api.Close() }()
		return
	}
	_ = c.api.Close()
}

// hello is what an engine says in the headers of its first answer.
type hello struct {
	server string // such as "Docker/29.0.1 (linux)" or "Libpod/5.0.0 (linux)"
	api    string // the newest API that it speaks, such as "1.51"; "" when it does not say
	spoken string // the API that both speak
	system string // "linux" or "windows"
	swarm  string // such as "active/manager"; "" from engines before API 1.42
}

// podman reports whether Podman answers.
func (h hello) podman() bool { return strings.HasPrefix(h.server, "Libpod/") }

// hello asks for the ping. The docker client has one, but keeps the name and version of the server to itself.
func (c *conn) hello(ctx context.Context) (hello, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.ping, nil)
	if err != nil {
		return hello{}, err
	}

	for name, value := range c.at.headers {
		req.Header.Set(name, value)
	}
	res, err := c.api.HTTPClient().Do(req)
	if err != nil {
		return hello{}, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, 200))
	if err != nil {
		return hello{}, err
	}
	if res.StatusCode != http.StatusOK {
		return hello{}, statusError{res.Status, strings.TrimSpace(string(body))}
	}

	c.heard = true
	h := hello{server: res.Header.Get("Server"), api: res.Header.Get("Api-Version"), system: res.Header.Get("Ostype"), swarm: res.Header.Get("Swarm")}
	if h.api != "" {
		c.api.NegotiateAPIVersionPing(types.Ping{APIVersion: h.api})
		h.spoken = c.api.ClientVersion()
	}

	return h, nil
}

// oldest is the API version of engine 20.10, the oldest that is asked.
const oldest = "1.41"

// unusable says why an engine with such an answer is not asked any further, "" when it is.
func (h hello) unusable() string {
	if h.api == "" {
		return "what answers there is no Docker engine: it names no API version"
	}
	if older(h.spoken, oldest) {
		return fmt.Sprintf("the engine is asked with API %s, portlint needs %s (engine 20.10) or newer", h.spoken, oldest)
	}
	return ""
}

// older compares API versions such as "1.41".
func older(a, b string) bool {
	var major, minor, wantMajor, wantMinor int
	_, _ = fmt.Sscanf(a, "%d.%d", &major, &minor)
	_, _ = fmt.Sscanf(b, "%d.%d", &wantMajor, &wantMinor)
	return cmp.Or(cmp.Compare(major, wantMajor), cmp.Compare(minor, wantMinor)) < 0
}
