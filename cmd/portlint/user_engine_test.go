//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// engineUser is who uses an engine, with the programs of that engine on the path: root's, or the user to whom a rootless one belongs.
type engineUser struct {
	realEngine
	home string // a directory of the user's own, which is the same in the engine's tree
	uid  int
	pid  string // of a process in the engine's tree
	env  []string
}

// userOf makes a home for the user of an engine, with portlint in it.
func userOf(t *testing.T, e realEngine) *engineUser {
	t.Helper()
	peer, err := peerOf(e.socket)
	pid, pidErr := os.ReadFile(filepath.Join(filepath.Dir(e.socket), "pid"))
	home, dirErr := os.MkdirTemp(filepath.Dir(e.socket), "user")
	if err := errors.Join(err, pidErr, dirErr); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })

	u := &engineUser{realEngine: e, home: home, uid: int(peer.Uid), pid: strings.TrimSpace(string(pid))}
	dir := filepath.Dir(e.socket)
	u.env = []string{"HOME=" + home, fmt.Sprintf("XDG_RUNTIME_DIR=/run/user/%d", u.uid), "PODMAN_IGNORE_CGROUPSV1_WARNING=1", "DOCKER_HOST=unix://" + e.socket,
		"CONTAINERS_CONF=" + dir + "/containers.conf", "CONTAINERS_STORAGE_CONF=" + dir + "/storage.conf"}
	u.install(t, "/proc/self/exe", "portlint")
	u.own(t, ".")
	return u
}

// install copies a program into a directory of the user's path.
func (u *engineUser) install(t *testing.T, program, as string) {
	t.Helper()
	from, err := os.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	bin := filepath.Join(u.home, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	to, err := os.OpenFile(filepath.Join(bin, as), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(to, from)
	if err := errors.Join(err, to.Close()); err != nil {
		t.Fatal(err)
	}
}

// project writes the Compose file of a project, in a directory of the user's home that has the project's name.
func (u *engineUser) project(t *testing.T, name, file string) {
	t.Helper()
	testdir.Write(t, filepath.Join(u.home, name, "compose.yaml"), file)
	u.own(t, name, name+"/compose.yaml")
}

// own gives the user what was made in the home.
func (u *engineUser) own(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.Chown(filepath.Join(u.home, name), u.uid, u.uid); err != nil {
			t.Fatal(err)
		}
	}
}

// types is a line of a shell that the user types in a directory of the home, where the engine has its programs and its network.
func (u *engineUser) types(t *testing.T, in, line string) result {
	t.Helper()
	uid := fmt.Sprint(u.uid)
	words := []string{"--target", u.pid, "--mount", "--setuid", uid, "--setgid", uid}
	if u.netns != "" {
		words = append(words, "--net="+u.netns)
	}
	words = append(words, "env", "-i", "PATH="+u.home+"/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
	words = append(append(words, u.env...), "sh", "-c", `cd "$1" && eval "$2"`, "sh", filepath.Join(u.home, in), line)

	cmd := exec.Command("nsenter", words...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// says fails where a line does not end with the code, or does not print all texts.
func (u *engineUser) says(t *testing.T, in, line string, code int, texts ...string) string {
	t.Helper()
	r := u.types(t, in, line)
	said := r.stdout + r.stderr
	for _, text := range texts {
		if !strings.Contains(said, text) {
			t.Errorf("%s: no %q in\n%s", line, text, said)
		}
	}
	if r.code != code {
		t.Errorf("%s: exit code %d, want %d\n%s", line, r.code, code, said)
	}
	return r.stdout
}

const userProject = "services:\n  web:\n    image: portlint-test\n    ports: [\"%d:80\"]\n"

// TestEngineUser plays what a user of each engine types, as that user: who has a port, whether `up` will do, `up` itself, what an
// engine's refusal means, and the command that is proposed.
func TestEngineUser(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		u := userOf(t, e)
		u.install(t, os.Getenv("PORTLINT_TEST_COMPOSE"), "docker-compose")
		client := "docker"
		if strings.Contains(e.name, "podman") {
			client = "podman"
		} else {
			u.install(t, os.Getenv("PORTLINT_TEST_DOCKER"), "docker")
			u.dockerPlugin(t)
		}
		const port = 28491
		u.project(t, "plusera", fmt.Sprintf(userProject, port))
		u.project(t, "pluserb", fmt.Sprintf(userProject, port))
		for _, name := range []string{"plusera", "pluserb"} {
			t.Cleanup(func() { u.types(t, name, "docker-compose down -t 0") })
		}

		u.says(t, "plusera", "portlint check", 0, "no conflicts")
		u.says(t, "plusera", "portlint up -d", 0)
		u.says(t, "plusera", "portlint ports", 0, "ours: plusera-web-1")
		u.says(t, "plusera", "portlint up -d", 0)

		u.says(t, "pluserb", "portlint who 28491", 1, "28491/tcp is taken by plusera/web", "held by: container plusera-web-1", "free it: "+client+" ")
		u.says(t, "pluserb", "portlint check", 1, "is taken by plusera", "free it: "+client+" ")
		u.says(t, "pluserb", "portlint up -d", 1, "nothing was pulled, built, created or stopped")
		u.says(t, "pluserb", "docker-compose up -d 2>&1 | portlint explain -", 1, "container plusera-web-1")
		u.says(t, "pluserb", "docker-compose down -t 0", 0) // engine 29 would start the container without its network

		proposed := proposed.FindStringSubmatch(u.says(t, "pluserb", "portlint who --format json 28491/tcp", 1))
		if proposed == nil {
			t.Fatal("no command is proposed")
		}
		u.says(t, "pluserb", proposed[1], 0)
		u.says(t, "pluserb", "portlint up -d", 0)
		u.says(t, "plusera", "portlint who 28491", 1, "held by: container pluserb-web-1")

		if u.uid != 0 {
			u.project(t, "pluserlow", fmt.Sprintf(userProject, 81))
			u.says(t, "pluserlow", "portlint check", 1, "reserved-port")
			u.says(t, "pluserlow", "portlint up -d", 1, "nothing was pulled, built, created or stopped")
		}
	})
}

// dockerPlugin makes docker-compose a plugin of the user's docker.
func (u *engineUser) dockerPlugin(t *testing.T) {
	t.Helper()
	plugins := filepath.Join(u.home, ".docker", "cli-plugins")
	if err := errors.Join(os.MkdirAll(plugins, 0o755), os.Symlink(filepath.Join(u.home, "bin", "docker-compose"), filepath.Join(plugins, "docker-compose"))); err != nil {
		t.Fatal(err)
	}
}

// TestEngineUserPodmanCompose plays what a user types who has podman-compose alone.
func TestEngineUserPodmanCompose(t *testing.T) {
	podmanEngines(t, func(t *testing.T, e realEngine) {
		u := userOf(t, e)
		if r := u.types(t, "", "podman-compose version"); r.code != 0 {
			t.Fatalf("this engine's tree has no podman-compose that runs: %s%s", r.stdout, r.stderr)
		}
		const port = 28492
		u.project(t, "plpyone", fmt.Sprintf(userProject, port)+"  b:\n    image: portlint-test\n    links: [web]\n")
		u.project(t, "plpytwo", fmt.Sprintf(userProject, port))
		for _, name := range []string{"plpyone", "plpytwo"} {
			t.Cleanup(func() { u.types(t, name, "podman-compose down -t 0") })
		}

		u.says(t, "plpyone", "portlint check", 1, `Podman refuses the links of "b"`) // docker compose would be
		u.says(t, "plpyone", "portlint up -d", 0, "podman-compose reads Compose files in a way of its own")
		u.says(t, "plpyone", "portlint ports", 0, "ours: plpyone")
		u.says(t, "plpytwo", "portlint who 28492", 1, "28492/tcp is taken by plpyone/web", "free it: podman ")
		u.says(t, "plpytwo", "portlint up -d", 1, "nothing was pulled, built, created or stopped")
		u.says(t, "plpytwo", "podman-compose up -d 2>&1 | portlint explain -", 1, "28492/tcp")

		proposed := proposed.FindStringSubmatch(u.says(t, "plpytwo", "portlint who --format json 28492/tcp", 1))
		if proposed == nil {
			t.Fatal("no command is proposed")
		}
		u.says(t, "plpytwo", proposed[1], 0)
		u.says(t, "plpytwo", "portlint up -d", 0)
		u.says(t, "plpyone", "portlint who 28492", 1, "28492/tcp is taken by plpytwo/web")
		u.says(t, "plpytwo", "podman-compose stop -t 0 && portlint up -d", 0)
	})
}
