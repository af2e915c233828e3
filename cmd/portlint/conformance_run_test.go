//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/sys/unix"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// situation is a state of the machine, and an `up` in it. Its host ports are 18000 to 18099: every run has a hundred of
// its own, and they are moved there. "image: i" is the test image, and a file without networks uses the shared one.
type situation struct {
	name   string
	files  string // txtar; what stands above the first file name is compose.yaml
	cwd    string // the working directory below the files
	env    string // of Compose and portlint, "A=1 B=2"
	global string // Compose's global flags; -p is given anyway
	before string // what is there before, one step a line: see situationRun.step
	up     string // flags and services of up
	want   string // see wants
	alone  bool   // it changes the whole engine: nothing else is run meanwhile
	engine string // flags of an engine of its own to run it on
}

// situationRun is a situation on the engine.
type situationRun struct {
	*engineEnv
	situation
	id   string // the project's name, and the beginning of every other one's
	root string
	port string // what stands for "180" in host ports
	held []io.Closer
	// started: the last `up` has succeeded, and nothing of it is still on its way
	started bool
}

// errBefore marks what could not be brought about before portlint was asked.
var errBefore = errors.New("setting up")

var ownPorts = regexp.MustCompile(`\b180(\d\d)\b`)

func (p *situationRun) moved(text string) string {
	return ownPorts.ReplaceAllString(p.movedSubnets(text), p.port+"$1")
}

// runSituation sets the situation up, asks portlint, then lets Compose start the project, and clears everything away. A busy engine may
// refuse what was to be there before; then portlint was not asked, and the situation is set up once more, on other ports, as it is after an `up` on
// which the engine failed by itself.
func (s *engineEnv) runSituation(ctx context.Context, c situation) (ending, error) {
	out, first := s.runOnce(ctx, c)
	switch {
	case first == nil && brokeItself.MatchString(out.output):
		return s.runOnce(ctx, c)
	case !errors.Is(first, errBefore):
		return out, first
	}

	out, err := s.runOnce(ctx, c)
	if errors.Is(err, errBefore) {
		err = first // an engine that does not come back answers nothing the second time
	}
	return out, err
}

func (s *engineEnv) runOnce(ctx context.Context, c situation) (out ending, err error) {
	n, lock, err := s.block(ctx)
	if err != nil {
		return out, fmt.Errorf("%w: %w", errBefore, err)
	}
	p := &situationRun{engineEnv: s, situation: c, id: fmt.Sprintf("%s-%d", s.run, s.number()), port: fmt.Sprint(n), held: []io.Closer{lock}}
	defer func() { err = errors.Join(err, p.clear()) }()
	if p.root, err = os.MkdirTemp("", "conformance"); err != nil {
		return out, err
	}
	if err := os.Chmod(p.root, 0o755); err != nil { // who uses the engine may be another user
		return out, err
	}
	out = ending{situation: c, began: time.Now()}
	if err := p.write(); err != nil {
		return out, err
	}
	for line := range strings.Lines(p.moved(c.before)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := p.step(ctx, line); err != nil {
			return out, fmt.Errorf("%w: %s: %w", errBefore, line, err)
		}
	}
	said, err := p.ask(ctx)
	if err != nil {
		return out, err
	}
	out.said, out.why = said.Verdict, said.Why
	out.did, out.output = p.start(ctx)
	p.started = out.did == "OK"
	return out, nil
}

// write puts the files of the situation into its directory; they may be programs that Compose finds.
func (p *situationRun) write() error {
	archive := txtar.Parse([]byte(p.files))
	if len(archive.Comment) > 0 {
		archive.Files = append(archive.Files, txtar.File{Name: "compose.yaml", Data: archive.Comment})
	}
	for _, f := range archive.Files {
		text := strings.ReplaceAll(p.moved(string(f.Data)), "image: i", "image: portlint-test")
		if strings.HasSuffix(f.Name, ".yaml") && !strings.Contains(text, "networks:") && strings.Contains(text, "services:") {
			text += fmt.Sprintf("\nnetworks: {default: {name: %s, external: true}}\n", p.run)
		}
		to := filepath.Join(p.root, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, []byte(text), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// step does one thing that was there before:
//
//	compose ARGS          docker compose, which has to succeed; "try compose ARGS" may fail; "@" is the project's name
//	container WORDS       a container that is nobody's project, see otherProject
//	network WORDS         a network that is nobody's project, see network
//	listen, bound, udp …  a socket, see openSocket
//	rename FROM TO        gives a container another name
//	taken PORT            waits until a process of a container has the port
//	over                  waits until no container of the project runs
//	engine WORDS          another engine on the same network, with such a container
//	swarm PORT            a swarm service on that port
//	service PORT MODE     a service of the swarm of two nodes, see service
//	link NAME             a network device that leads nowhere
//	restart [killed]      ends the engine of its own that the situation has, and starts it anew
//	pod PORT              a pod of Podman that publishes the port
//	may STEP              a step that may find its port taken
func (p *situationRun) step(ctx context.Context, line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	args := strings.Fields(strings.ReplaceAll(rest, "@", p.id))
	switch verb {
	case "compose":
		if out, err := p.runCompose(ctx, args); err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
		return nil
	case "try":
		_, err := p.runCompose(ctx, args[1:])
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			return err
		}
		return nil
	case "may":
		if err := p.step(ctx, rest); err != nil && !taken(err) {
			return err
		}
		return nil
	case "taken":
		return p.awaitPort(ctx, rest)
	case "over":
		return p.over(ctx)
	case "container":
		return p.otherProject(ctx, args)
	case "network":
		return p.network(ctx, args)
	case "rename":
		return p.rename(ctx, args[0], args[1])
	case "link":
		return p.link(ctx, args[0])
	case "engine":
		return p.otherEngine(ctx, args)
	case "restart":
		return p.restart(ctx, map[bool]syscall.Signal{false: syscall.SIGTERM, true: syscall.SIGKILL}[rest == "killed"])
	case "pod":
		return p.pod(ctx, args[0])
	case "swarm":
		return p.swarm(ctx, args)
	case "service":
		return p.service(ctx, args)
	default:
		held, err := openSocket(verb, args)
		p.held = append(p.held, held...)
		return err
	}
}

// awaitPort waits for a socket on a port of this network namespace. The host network of a rootless engine is another one: there no
// socket comes.
func (p *situationRun) awaitPort(ctx context.Context, text string) error {
	port, err := strconv.Atoi(text)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()

	for !inUse(port, port) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}

// link makes a network device, which goes with the situation. A rootless engine has a network of its own.
func (p *situationRun) link(ctx context.Context, name string) error {
	if p.kind.rootless {
		return errors.New("a rootless engine has other devices than its machine")
	}
	out, err := exec.CommandContext(ctx, "ip", "link", "add", name, "type", "veth", "peer", "name", name+"p").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	p.held = append(p.held, device(name))
	return nil
}

// device is a network device that a situation made.
type device string

// Close removes the device.
func (d device) Close() error { return exec.Command("ip", "link", "del", string(d)).Run() }

// taken reports whether a step failed because of what was there before.
func taken(err error) bool {
	return errors.Is(err, unix.EADDRINUSE) || aboutShared.MatchString(err.Error()) || networkThere.MatchString(err.Error())
}

// networkThere is what engines say of one more network of a name, which Compose never asks for.
var networkThere = regexp.MustCompile(`network with name \S+ already exists`)

// runCompose runs docker compose in the situation's directory. A -p at the beginning of args is another project's.
func (p *situationRun) runCompose(ctx context.Context, args []string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	first := []string{"--progress", "quiet"}
	if args[0] != "-p" {
		first = append(first, "-p", p.id)
	}
	cmd := exec.CommandContext(ctx, p.compose, append(first, args...)...)
	cmd.Dir = filepath.Join(p.root, filepath.FromSlash(p.cwd))
	cmd.Env = []string{"PATH=" + p.root + ":" + os.Getenv("PATH"), "HOME=" + p.root}
	for name, value := range p.process().Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (p *situationRun) process() run.Process {
	env := run.Environment(strings.Fields(p.moved(p.env)))
	env["DOCKER_HOST"] = "unix://" + p.socket
	return run.Process{Dir: filepath.Join(p.root, filepath.FromSlash(p.cwd)), Env: env, Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard}
}

// globals are the flags before `up`, for both programs.
func (p *situationRun) globals() []string {
	args := strings.Fields(strings.ReplaceAll(p.global, "@", p.id))
	if len(args) > 0 && args[0] == "-p" {
		return args
	}
	return append([]string{"-p", p.id}, args...)
}

// aboutShared is what engines say when a host port, a subnet or a name is taken or can't be had, and nothing else.
var aboutShared = regexp.MustCompile(`port is already allocated|[Aa]ddress already in use|all ports are allocated|is already in use by (?:container|"?[0-9a-f]{12})|` +
	`Pool overlaps with other one|has active endpoints|has associated containers with it|networks have overlapping IPv[46]|` +
	`already used on the host or by another config|network .* is ambiguous|network name .* already used|could not find a network matching network mode|Timed out proxy starting the userland proxy|conflict with ID [0-9]|cannot rename container|UNIQUE constraint failed: ContainerConfig\.Name|requested ip address .* is already allocated|add default route|cannot expose privileged port`)

// aboutItself is what engines say of a network whose own addresses meet, which nobody else has.
var aboutItself = regexp.MustCompile(`failed to allocate (?:gateway|secondary ip address) .*`)

// start is the truth: what `docker compose up -d` does.
func (p *situationRun) start(ctx context.Context) (did, output string) {
	args := slices.Concat(p.globals(), []string{"up", "-d", "--no-build", "-t", "0"}, strings.Fields(p.up))
	output, err := p.runCompose(ctx, args)
	switch {
	case err == nil:
		return "OK", output
	case aboutShared.MatchString(aboutItself.ReplaceAllString(output, "")):
		return "FAIL", output
	default:
		return "FAIL*", output + err.Error()
	}
}

// ask is portlint's verdict, as who uses the engine gets it: of a rootless engine that is its user.
func (p *situationRun) ask(ctx context.Context) (verdictSaid, error) {
	w := p.process()
	q := question{Dir: w.Dir, Env: w.Env, Globals: p.globals(), Up: strings.Fields(p.up), Patience: os.Getenv("PORTLINT_TEST_TIMEOUT")}
	if p.asker == "" {
		return q.ask(ctx)
	}

	uid := fmt.Sprint(p.kind.uid)
	cmd := exec.CommandContext(ctx, "setpriv", "--reuid="+uid, "--regid="+uid, "--clear-groups", p.asker)
	cmd.Env, cmd.Stderr = []string{"PATH=" + os.Getenv("PATH"), "HOME=/"}, os.Stderr
	var said verdictSaid
	send, err := json.Marshal(q)
	if err != nil {
		return said, err
	}
	cmd.Stdin = bytes.NewReader(send)
	out, err := cmd.Output()
	if err != nil {
		return said, fmt.Errorf("asking as the user %s: %w", uid, err)
	}
	return said, json.Unmarshal(out, &said)
}

// clear ends everything that the run started, each by its id.
func (p *situationRun) clear() error {
	var errs []error
	for _, c := range slices.Backward(p.held[1:]) {
		errs = append(errs, c.Close())
	}

	mine := func(labels map[string]string) bool {
		project := labels["com.docker.compose.project"]
		return project == p.id || strings.HasPrefix(project, p.id+"-") || labels["portlint-test"] == p.id
	}
	// Where one thing is refused, Compose ends, and the engine still makes what it was asked for beside it; what is removed may go slowly.
	needed := 2
	if p.started {
		needed = 1
	}
	var err error
	for tries, empty := 0, 0; empty < needed && tries < 100; tries++ {
		var n int
		if n, err = p.removeAll(context.Background(), mine); n == 0 && err == nil {
			empty++
		}
		if empty < needed {
			time.Sleep(100 * time.Millisecond)
		}
	}
	errs = append(errs, err)
	p.held[0].Close()
	return errors.Join(append(errs, os.RemoveAll(p.root))...)
}
