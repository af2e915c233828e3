//go:build linux

package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/portlint/portlint/lint"
)

// engineEnv is a real engine on which situations are run.
type engineEnv struct {
	name    string
	socket  string
	kind    engineKind
	compose string // the program
	asker   string // the program that asks portlint as the engine's user, "" where that is this process's
	run     string // begins the name of everything that this run makes
	http    *http.Client
	// restart ends the engine by a signal and starts it anew, where it is one of this test's own
	restart func(context.Context, syscall.Signal) error
	mu      sync.Mutex
	last    int // number of the last name given
	blocks  int // number of the last block of ports given
}

// openEngineEnv makes the network that all runs share: making one takes longer than starting a container.
func openEngineEnv(ctx context.Context, name, socket, compose string) (*engineEnv, error) {
	s := &engineEnv{name: name, socket: socket, compose: compose, run: fmt.Sprintf("plc%d", os.Getpid()), http: engineClient(socket)}
	if compose == "" {
		return nil, errors.New("PORTLINT_TEST_COMPOSE names no docker-compose")
	}
	if err := s.learn(ctx); err != nil {
		return nil, err
	}
	return s, s.call(ctx, "POST", "/networks/create", map[string]any{"Name": s.run, "CheckDuplicate": true}, nil)
}

// engineClient asks the API at a socket.
func engineClient(socket string) *http.Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	return &http.Client{Transport: &http.Transport{DialContext: dial}, Timeout: time.Minute}
}

// close removes the network of the other projects. An endpoint may outlive its container for a while on an old engine, so what
// is still attached is cut off, and the removal tried again. Docker 29 may lose the endpoint of a container that was removed while it
// started: its network then stays as long as the engine runs, and nobody can remove it.
func (s *engineEnv) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if _, err := s.removeAll(ctx, func(labels map[string]string) bool {
		return strings.HasPrefix(labels["com.docker.compose.project"], s.run+"-") || strings.HasPrefix(labels["portlint-test"], s.run+"-")
	}); err != nil {
		return err
	}

	for tries := 0; ; tries++ {
		err := s.call(ctx, "DELETE", "/networks/"+s.run, nil, nil)
		if err == nil || ctx.Err() != nil {
			return err
		}
		var network struct {
			Containers map[string]struct{ Name string }
		}
		if s.call(ctx, "GET", "/networks/"+s.run, nil, &network) != nil {
			return err
		}
		isLost := len(network.Containers) == 0 && strings.Contains(err.Error(), "has active endpoints")
		if isLost && tries > 50 {
			return nil
		}
		for id, c := range network.Containers {
			cut := map[string]any{"Container": cmp.Or(c.Name, id), "Force": true}
			_ = s.call(ctx, "POST", "/networks/"+s.run+"/disconnect", cut, nil) // the next removal tells
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// call asks the engine's API, in the oldest version that all engines speak.
func (s *engineEnv) call(ctx context.Context, method, path string, body, answer any) error {
	return s.callAt(ctx, "/v1.41", method, path, body, answer)
}

// callAt asks one version of an engine's API.
func (s *engineEnv) callAt(ctx context.Context, version, method, path string, body, answer any) error {
	var send io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		send = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://engine"+version+path, send)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 400 {
		return fmt.Errorf("%s %s: %s %s, %w", method, path, resp.Status, got, err)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(got, answer)
}

// number is a new one for each run of a situation.
func (s *engineEnv) number() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	return s.last
}

// Blocks of a hundred host ports, by their first digits. Their subnets end below 10.218, where those of second
// engines begin; other tests have theirs from 10.220.
const (
	firstBlock = 110
	lastBlock  = 307
)

// block finds a hundred host ports, and the subnets that go with them, that no other situation uses, here or in another run on the
// same engine: whoever has the abstract socket of that name, which belongs to the network namespace, has them. Connections of an
// earlier situation stay for a minute after they were closed: a block with any socket is passed over, and waited for when there is no other.
//
// An engine goes on making a network that was asked for beside one that it refused, and may be done with it after everything of that
// situation was removed. Whoever has the block next removes what came so late.
func (s *engineEnv) block(ctx context.Context) (n int, lock io.Closer, err error) {
	for {
		for range lastBlock - firstBlock + 1 {
			s.mu.Lock()
			s.blocks++
			n = firstBlock + (os.Getpid()+s.blocks)%(lastBlock-firstBlock+1)
			s.mu.Unlock()
			if podmanGives(n) || s.leavesToOtherNode(n) {
				continue
			}
			if lock, err = net.Listen("unix", fmt.Sprintf("@portlint-conformance-%d", n)); err != nil {
				continue
			}
			free := !inUse(n*100, n*100+99)
			if free {
				err = s.removeNetworksOf(ctx, n)
			}
			if free && err == nil {
				return n, lock, nil
			}
			_ = lock.Close() // an abstract socket goes with its descriptor
			if err != nil {
				return 0, nil, err
			}
		}
		select {
		case <-ctx.Done():
			return 0, nil, ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// podmanGives reports whether the subnets of a block are among those that Podman gives to networks that ask for none: its own network, that
// of a run, and those of situations have them. Source: containers/common pkg/config/default.go, DefaultSubnet and getDefaultSubnetPools.
func podmanGives(block int) bool {
	of4, _ := subnetsOf(block)
	return of4 == "10.88." || of4 == "10.89."
}

// leavesToOtherNode reports whether a block is for situations on the other node of a swarm of two: a service that one of them made may have
// its port on both.
func (s *engineEnv) leavesToOtherNode(block int) bool {
	isOdd := block%2 == 1
	return s.name == "swarm" && isOdd || s.name == "swarm-worker" && !isOdd
}

// removeNetworksOf removes the networks in the subnets of a block that nobody has.
func (s *engineEnv) removeNetworksOf(ctx context.Context, block int) error {
	var all []struct {
		ID   string `json:"Id"`
		IPAM struct{ Config []struct{ Subnet string } }
	}
	if err := s.call(ctx, "GET", "/networks", nil, &all); err != nil {
		return err
	}

	var errs []error
	for _, network := range all {
		for _, c := range network.IPAM.Config {
			if of4, of6 := subnetsOf(block); strings.HasPrefix(c.Subnet, of4) || strings.HasPrefix(c.Subnet, of6) {
				errs = append(errs, s.call(ctx, "DELETE", "/networks/"+network.ID, nil, nil))
				break
			}
		}
	}
	return errors.Join(errs...)
}

// inUse reports whether any socket of this network namespace, closed connections included, has a port from first to last,
// both included. Source: proc(5), /proc/net/tcp.
func inUse(first, last int) bool {
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6"} {
		text, err := os.ReadFile("/proc/thread-self/net/" + table)
		if err != nil {
			return true
		}
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if len(fields) < 2 {
				continue
			}
			_, hex, _ := strings.Cut(fields[1], ":")
			if port, err := strconv.ParseUint(hex, 16, 16); err == nil && first <= int(port) && int(port) <= last {
				return true
			}
		}
	}
	return false
}

// truth is the verdict that each end of `up` deserves.
var truth = map[string]string{"OK": string(lint.VerdictClear), "FAIL": string(lint.VerdictConflict), "FAIL*": string(lint.VerdictRefused)}

// ending is what the run of a situation came to.
type ending struct {
	situation
	began  time.Time
	said   lint.Verdict
	why    []string // the findings and blind spots behind it
	did    string   // OK, FAIL, or FAIL* when it was not about a port
	output string   // of up
}

func (o ending) story() string {
	return fmt.Sprintf("--- files, %s %s\n%s\n--- before\n%s\n--- up %s: %s\n%s\n--- portlint: %s\n%s", o.global, o.env,
		strings.TrimSpace(o.files), strings.TrimSpace(o.before), o.up, o.did, strings.TrimSpace(o.output), o.said, strings.Join(o.why, "\n"))
}

// removeAll removes the containers and networks whose labels say that they are a test's, and reports how many there were.
func (s *engineEnv) removeAll(ctx context.Context, isOurs func(labels map[string]string) bool) (n int, err error) {
	var errs []error
	for _, kind := range []struct{ list, remove, query string }{{"/containers/json?all=1", "/containers/", "?force=1&v=1"}, {"/networks", "/networks/", ""}} {
		var all []struct {
			ID     string `json:"Id"`
			Labels map[string]string
		}
		errs = append(errs, s.call(ctx, "GET", kind.list, nil, &all))
		for _, one := range all {
			if !isOurs(one.Labels) {
				continue
			}
			n++
			err := s.call(ctx, "DELETE", kind.remove+one.ID+kind.query, nil, nil)
			if err != nil && !strings.Contains(err.Error(), "No such container") && !strings.Contains(err.Error(), "already in progress") { // the engine or Compose removes it
				errs = append(errs, err)
			}
		}
	}
	return n, errors.Join(errs...)
}
