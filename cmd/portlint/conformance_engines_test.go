//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// secondEngine is another engine of the same version on the network of one that runs, with data and a default bridge of
// its own. It makes no firewall rules: the first one has made them.
type secondEngine struct {
	*engineEnv
	at     realEngine // whose network it is
	dir    string
	bridge string
	cmd    *exec.Cmd
	env    []string // of the program
}

// startSecond starts an engine beside e, with more flags or with settings for its daemon.json, and gives it the test image.
func startSecond(ctx context.Context, e realEngine, flags ...string) (_ *secondEngine, err error) {
	first, err := daemonOf(e.socket)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pl") // short: the address of a unix socket has 108 bytes
	if err != nil {
		return nil, err
	}
	settings := "{}"
	if len(flags) > 0 && !strings.HasPrefix(flags[0], "-") {
		settings, flags = "{"+strings.Join(flags, " ")+"}", nil
	}
	if err := os.WriteFile(filepath.Join(dir, "daemon.json"), []byte(settings), 0o644); err != nil {
		return nil, err
	}
	two := &secondEngine{at: e, dir: dir, bridge: filepath.Base(dir)}
	args := []string{"--host", "unix://" + dir + "/s", "--data-root", dir + "/data", "--exec-root", dir + "/exec",
		"--pidfile", dir + "/pid", "--config-file", dir + "/daemon.json", "--bridge", two.bridge, "--iptables=false", "--ip6tables=false"}
	if first.proxy != "" {
		args = append(args, "--userland-proxy-path", first.proxy)
	}
	two.cmd, two.env = first.command(first.program, append(args, flags...)...), first.env
	defer func() {
		if err != nil {
			err = errors.Join(err, two.Close())
		}
	}()
	// with --bridge=none it would take the first engine's bridge away
	if out, err := e.command("ip", "link", "add", two.bridge, "type", "bridge").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	if err := two.start(); err != nil {
		return nil, err
	}
	return two, two.ready(ctx, e)
}

func (two *secondEngine) start() error {
	log, err := os.OpenFile(filepath.Join(two.dir, "log"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	two.cmd.Stdout, two.cmd.Stderr = log, log
	return two.cmd.Start()
}

// daemon is the dockerd that serves a socket.
type daemon struct {
	pid            int
	program, proxy string // proxy: its docker-proxy, "" where it looks for one itself
	env            []string
}

// daemonOf finds it. Only an engine that runs as root has room for another one beside it.
func daemonOf(socket string) (d daemon, err error) {
	peer, err := peerOf(socket)
	if err != nil {
		return d, err
	}
	d.pid = int(peer.Pid)
	dir := fmt.Sprintf("/proc/%d/", d.pid)
	if d.program, err = os.Readlink(dir + "exe"); err != nil {
		return d, err
	}
	if filepath.Base(d.program) != "dockerd" || peer.Uid != 0 {
		return d, fmt.Errorf("%w: no second engine is made beside a %s of user %d", errBefore, filepath.Base(d.program), peer.Uid)
	}
	environ, err := os.ReadFile(dir + "environ")
	if err != nil {
		return d, err
	}
	cmdline, err := os.ReadFile(dir + "cmdline")
	if err != nil {
		return d, err
	}
	d.env = strings.Split(strings.TrimRight(string(environ), "\x00"), "\x00")
	args := strings.Split(string(cmdline), "\x00")
	if i := slices.Index(args, "--userland-proxy-path"); i >= 0 {
		d.proxy = args[i+1]
	}
	return d, nil
}

// command is a program on the daemon's network and among its files.
func (d daemon) command(program string, args ...string) *exec.Cmd {
	in := fmt.Sprint(d.pid)
	cmd := exec.Command("nsenter", append([]string{"--target=" + in, "--mount", "--net", "--wd=/", program}, args...)...)
	cmd.Env = d.env
	return cmd
}

// answers waits until it does.
func (two *secondEngine) answers(ctx context.Context) error {
	for range 300 {
		if resp, err := engineClient(two.dir + "/s").Get("http://engine/_ping"); err == nil {
			resp.Body.Close()
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	log, _ := os.ReadFile(filepath.Join(two.dir, "log"))
	return fmt.Errorf("the second engine does not answer:\n%s", log)
}

// ready waits until the engine answers, and takes the test image over from the first.
func (two *secondEngine) ready(ctx context.Context, first realEngine) error {
	if err := two.answers(ctx); err != nil {
		return err
	}
	socket := two.dir + "/s"
	var err error
	if two.engineEnv, err = openEngineEnv(ctx, first.name, socket, os.Getenv("PORTLINT_TEST_COMPOSE")); err != nil {
		log, _ := os.ReadFile(filepath.Join(two.dir, "log"))
		return fmt.Errorf("%w\n%s", err, log)
	}
	image, err := engineClient(first.socket).Get("http://engine/v1.41/images/portlint-test:latest/get")
	if err != nil {
		return err
	}
	defer image.Body.Close()
	loaded, err := two.http.Post("http://engine/v1.41/images/load?quiet=1", "application/x-tar", image.Body)
	if err != nil {
		return err
	}
	defer loaded.Body.Close()
	said, err := io.ReadAll(loaded.Body)
	if err != nil || loaded.StatusCode != http.StatusOK || !strings.Contains(string(said), "portlint-test") {
		return fmt.Errorf("loading the image: %s %s, %w", loaded.Status, said, err)
	}
	return nil
}

// Close ends the engine and removes its data. Its containers have to be gone.
func (two *secondEngine) Close() error {
	var errs []error
	if two.engineEnv != nil {
		errs = append(errs, two.removeAll(), two.engineEnv.close())
	}
	if two.cmd.Process != nil {
		errs = append(errs, two.cmd.Process.Signal(syscall.SIGTERM))
		_ = two.cmd.Wait() // it says 1 when it was told to end early
	}
	errs = append(errs, two.at.command("ip", "link", "del", two.bridge).Run(), unmountBelow(two.dir), os.RemoveAll(two.dir))
	return errors.Join(errs...)
}

// removeAll removes every container of the engine, which is this test's own.
func (two *secondEngine) removeAll() error {
	ctx := context.Background()
	var all []struct {
		ID string `json:"Id"`
	}
	errs := []error{two.call(ctx, "GET", "/containers/json?all=1", nil, &all)}
	for _, c := range all {
		errs = append(errs, two.call(ctx, "DELETE", "/containers/"+c.ID+"?force=1&v=1", nil, nil))
	}
	return errors.Join(errs...)
}

// unmountBelow takes away what an engine leaves mounted: namespaces of networks that are gone.
func unmountBelow(dir string) error {
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return err
	}
	var errs []error
	for line := range strings.Lines(string(mounts)) {
		if at := strings.Fields(line)[1]; strings.HasPrefix(at, dir+"/") {
			errs = append(errs, unix.Unmount(at, unix.MNT_DETACH))
		}
	}
	return errors.Join(errs...)
}

// restartEngine ends the second engine, by a signal, and starts it anew: what runs on it meets what engines do with what they find.
func (two *secondEngine) restartEngine(ctx context.Context, signal syscall.Signal) error {
	if err := two.cmd.Process.Signal(signal); err != nil {
		return err
	}
	_ = two.cmd.Wait()
	// One that was killed leaves these, and its containerd ends with it; where nobody reaps that, engines up to 24 wait for it forever.
	_ = os.Remove(filepath.Join(two.dir, "pid"))
	_ = os.Remove(filepath.Join(two.dir, "exec", "containerd", "containerd.pid"))

	args := two.cmd.Args
	two.cmd = exec.Command(args[0], args[1:]...)
	two.cmd.Env = two.env
	if err := two.start(); err != nil {
		return err
	}
	return two.answers(ctx)
}

// otherEngine is the step "engine WORDS": a second engine on this network, and a container of it, see otherProject.
func (p *situationRun) otherEngine(ctx context.Context, words []string) error {
	two, err := startSecond(ctx, realEngine{name: p.engineEnv.name, socket: p.socket})
	if err != nil {
		return err
	}
	p.held = append(p.held, two)
	there := &situationRun{engineEnv: two.engineEnv, id: p.id}
	return there.otherProject(ctx, append(words, "network="+two.run))
}

// swarm is the step "swarm PORT": the engine becomes a swarm of one node, with a service that publishes the port on every
// node. Where the kernel has no ip_vs the engine runs the service and opens no port.
func (p *situationRun) swarm(ctx context.Context, words []string) error {
	port, err := strconv.Atoi(words[0])
	if err != nil {
		return err
	}
	at := map[string]string{"ListenAddr": "127.0.0.1:2377", "AdvertiseAddr": "127.0.0.1"}
	if err := p.call(ctx, "POST", "/swarm/init", at, nil); err != nil {
		return err
	}
	p.held = append(p.held, leaver{p.engineEnv})
	edge := map[string]any{"Name": "edge", "TaskTemplate": map[string]any{"ContainerSpec": map[string]any{"Image": "portlint-test"}},
		"EndpointSpec": map[string]any{"Ports": []map[string]any{{"Protocol": "tcp", "TargetPort": 80, "PublishedPort": port}}}}
	if err := p.call(ctx, "POST", "/services/create", edge, nil); err != nil {
		return err
	}
	return p.awaitTask(ctx, "{}")
}

// service is the step "service PORT MODE [ROLE]": a service of the swarm that .ci/engine makes of two nodes, which publishes the port on every
// node in the mode ingress, and in the mode host on the node that runs it, the manager or the worker.
func (p *situationRun) service(ctx context.Context, words []string) error {
	port, err := strconv.Atoi(words[0])
	if err != nil {
		return err
	}
	manager, err := p.manager()
	if err != nil {
		return err
	}
	task := map[string]any{"ContainerSpec": map[string]any{"Image": "portlint-test"}}
	if len(words) > 2 {
		task["Placement"] = map[string]any{"Constraints": []string{"node.role==" + words[2]}}
	}
	spec := map[string]any{"Name": p.id + "-edge", "TaskTemplate": task,
		"EndpointSpec": map[string]any{"Ports": []map[string]any{{"Protocol": "tcp", "TargetPort": 80, "PublishedPort": port, "PublishMode": words[1]}}}}
	if err := manager.createService(ctx, spec); err != nil {
		return err
	}
	p.held = append(p.held, serviceOf{manager, p.id + "-edge"})
	return manager.awaitTask(ctx, `{"service":["`+p.id+`-edge"]}`)
}

// manager is the engine that manages the swarm of two nodes.
func (p *situationRun) manager() (*engineEnv, error) {
	for one := range strings.SplitSeq(os.Getenv("PORTLINT_TEST_ENGINES"), ";") {
		if rest, ok := strings.CutPrefix(one, "swarm="); ok && strings.HasPrefix(p.engineEnv.name, "swarm") {
			socket, _, _ := strings.Cut(rest, ",")
			return &engineEnv{name: "swarm", http: engineClient(socket)}, nil
		}
	}
	return nil, errors.New("this engine is no node of the swarm of .ci/engine")
}

// createService makes a service, and waits while one of a situation on the other node has its port.
func (s *engineEnv) createService(ctx context.Context, spec any) (err error) {
	for range 600 {
		err = s.call(ctx, "POST", "/services/create", spec, nil)
		if err == nil || !strings.Contains(err.Error(), "is already in use by service") {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

// awaitTask waits until a task of a service runs.
func (s *engineEnv) awaitTask(ctx context.Context, filters string) error {
	for range 300 {
		var tasks []struct{ Status struct{ State string } }
		if err := s.call(ctx, "GET", "/tasks?filters="+url.QueryEscape(filters), nil, &tasks); err != nil {
			return err
		}
		if len(tasks) > 0 && tasks[0].Status.State == "running" {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return errors.New("the service's task does not run")
}

// serviceOf is a service that a situation made.
type serviceOf struct {
	*engineEnv
	name string
}

// Close removes the service.
func (s serviceOf) Close() error {
	return s.call(context.Background(), "DELETE", "/services/"+s.name, nil, nil)
}

// leaver ends the swarm.
type leaver struct{ *engineEnv }

// Close makes the engine leave, and removes the network that it leaves behind.
func (l leaver) Close() error {
	ctx := context.Background()
	return errors.Join(l.call(ctx, "POST", "/swarm/leave?force=1", nil, nil), l.call(ctx, "DELETE", "/networks/docker_gwbridge", nil, nil))
}

// runOn runs a situation on the engine, or on an engine of its own beside it.
func (s *engineEnv) runOn(ctx context.Context, c situation) (out ending, err error) {
	if c.engine == "" {
		return s.runSituation(ctx, c)
	}
	two, err := startSecond(ctx, realEngine{name: s.name, socket: s.socket}, strings.Fields(c.engine)...)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, two.Close()) }()
	two.restart = two.restartEngine
	return two.runSituation(ctx, c)
}

// withoutProxy is an engine without docker-proxy: it binds IPv6 addresses for containers that have one alone.
const withoutProxy = "--userland-proxy=false"

// pod is the step "pod PORT": a pod of Podman, whose ports its first container has.
func (p *situationRun) pod(ctx context.Context, port string) error {
	n, err := strconv.Atoi(port)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s-pod", p.id)
	spec := map[string]any{"name": name, "infra_image": "docker.io/library/portlint-test:latest", "infra_command": []string{"/testimage"},
		"labels":       map[string]string{"portlint-test": p.id},
		"portmappings": []map[string]any{{"host_port": n, "container_port": 80, "protocol": "tcp"}}}
	if err := p.callAt(ctx, "/v4.0.0/libpod", "POST", "/pods/create", spec, nil); err != nil {
		return err
	}
	p.held = append(p.held, podOf{p.engineEnv, name})
	return p.callAt(ctx, "/v4.0.0/libpod", "POST", "/pods/"+name+"/start", nil, nil)
}

// podOf is a pod that a situation made.
type podOf struct {
	*engineEnv
	name string
}

// Close removes the pod with its containers.
func (p podOf) Close() error {
	return p.callAt(context.Background(), "/v4.0.0/libpod", "DELETE", "/pods/"+p.name+"?force=true", nil, nil)
}

// liveRestore is an engine whose containers go on while it is away.
const liveRestore = `"live-restore": true`

// engineSituations are what other engines and swarms have, and networks that publish nothing.
var engineSituations = []situation{
	{name: "another engine on this machine", files: web(one), before: "engine 18080:80", want: "FAIL"},
	{name: "another engine on one address", files: web(one), before: "engine 127.0.0.1:18080:80", want: "FAIL"},
	{name: "another engine on another address", files: web(`"127.0.0.2:18080:80"`), before: "engine 127.0.0.1:18080:80", want: "OK"},
	{name: "another engine over UDP", files: web(`"18053:53/udp"`), before: "engine 18053:53/udp", want: "FAIL"},
	{name: "a stopped container of another engine", files: web(one), before: "engine 18080:80 stopped", want: "OK"},
	{name: "a swarm service on every node", files: web(one), before: "swarm 18080", want: "FAIL|OK", alone: true},
	{name: "a service in mode host on the manager", files: web(one), before: "service 18080 host manager", want: "swarm: FAIL; swarm-worker: OK; -"},
	{name: "a service in mode host on the worker", files: web(one), before: "service 18080 host worker", want: "swarm: OK; swarm-worker: FAIL; -"},
	{name: "a service in mode ingress of the manager", files: web(one), before: "service 18080 ingress manager", want: "swarm: FAIL|OK; swarm-worker: FAIL|OK; -"},
	{name: "a service in mode ingress of the worker", files: web(one), before: "service 18080 ingress worker", want: "swarm: FAIL|OK; swarm-worker: FAIL|OK; -"},
	{name: "a service in mode ingress and another address", files: web(`"127.0.0.1:18080:80"`), before: "service 18080 ingress worker", want: "swarm: FAIL|OK; swarm-worker: FAIL|OK; -"},
	{name: "a service in mode ingress, elsewhere", files: web(`"18081:80"`), before: "service 18080 ingress worker", want: "swarm: OK; swarm-worker: OK; -"},
	{name: "macvlan", files: `services: {a: {image: i, ports: ["18080:80"]}, b: {image: i, ports: ["18080:80"]}}
networks: {default: {driver: macvlan, driver_opts: {parent: plm0}, ipam: {config: [{subnet: "10.18.7.0/24"}]}}}
`, before: "link plm0\n" + on18080, want: "OK"},
	{name: "no proxy beside IPv6 loopback", engine: withoutProxy, files: web(one), before: "listen [::1]:18080", want: "OK"},
	{name: "no proxy beside IPv4 loopback", engine: withoutProxy, files: web(one), before: "listen 127.0.0.1:18080", want: "FAIL"},
	{name: "no proxy and an IPv6 address", engine: withoutProxy, files: web(`"[::1]:18080:80"`), before: "listen [::1]:18080", want: "OK"},
	{name: "no proxy on a network with IPv6", engine: withoutProxy, files: ipv6Network, before: "listen [::1]:18080", want: "FAIL"},
	{name: "macvlan of which the engine knows alone", files: "services: {a: {image: i, networks: [n], ports: [\"18080:80\"]}}\nnetworks: {n: {external: true, name: \"${COMPOSE_PROJECT_NAME}-x_n\"}}\n" + `-- other.yaml --
services: {a: {image: i, networks: [n]}}
networks: {n: {driver: macvlan, driver_opts: {parent: plm1}, ipam: {config: [{subnet: "10.18.7.0/24"}]}}}
`, before: "link plm1\n" + on18080 + "\ncompose -p @-x -f other.yaml up -d", want: "OK"},
	{name: "a pod of Podman", files: web(one), before: "pod 18080", want: "-"},
	{name: "a pod of Podman elsewhere", files: web(one), before: "pod 18081", want: "-"},
	{name: "an engine that was ended and started", engine: "--icc=true", files: web(one), before: "container 18080:80\nrestart", want: "OK"},
	{name: "an engine that was ended and started, with what always runs", engine: "--icc=true", files: web(one), before: "container 18080:80 restart=always\nrestart", want: "FAIL"},
	{name: "an engine that was killed and started", engine: "--icc=true", files: web(one), before: "container 18080:80\nrestart killed", want: "OK"},
	{name: "an engine that was killed and started, with what always runs", engine: "--icc=true", files: web(one), before: "container 18080:80 restart=always\nrestart killed", want: "FAIL"},
	{name: "live-restore", engine: liveRestore, files: web(one), before: "container 18080:80\nrestart", want: "FAIL"},
	{name: "live-restore of an engine that was killed", engine: liveRestore, files: web(one), before: "container 18080:80\nrestart killed", want: "FAIL"},
	{name: "live-restore, up again", engine: liveRestore, files: web(one), before: upAlready + "restart", want: "OK"},
	{name: "no proxy, written in daemon.json", engine: `"userland-proxy": false`, files: web(one), before: "listen [::1]:18080", want: "OK"},
	{name: "an engine that binds one address on new networks", engine: "--default-network-opt bridge=com.docker.network.bridge.host_binding_ipv4=127.0.0.1",
		files: web(one) + "networks: {default: {}}\n", before: "listen 127.0.0.2:18080", want: "old: -; new: OK"},
	{name: "an engine that routes new networks", engine: "--default-network-opt bridge=com.docker.network.bridge.gateway_mode_ipv4=routed",
		files: web(`"0.0.0.0:18080:80"`) + "networks: {default: {}}\n", before: "listen 127.0.0.2:18080", want: "old: -; new: OK"},
	{name: "an engine that binds one address on its bridge", engine: "--ip 127.0.0.1", files: "services: {a: {image: i, network_mode: bridge, ports: [\"18080:80\"]}}\n",
		before: "listen 127.0.0.2:18080", want: "OK"},
}
