package sockets

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/portlint/portlint/lint"
)

// helperVar makes the test binary, started again, do one small thing instead of testing.
const helperVar = "PORTLINT_SOCKETS_HELPER"

// stranger is a user that owns nothing here.
const stranger = 1234

func TestMain(m *testing.M) {
	if mode := os.Getenv(helperVar); mode != "" {
		if err := help(mode, os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func help(mode string, args []string) error {
	switch mode {
	case "listen": // PROTO ADDRESS
		return hold(args[0], args[1])
	case "proxy": // docker-proxy's arguments
		f := flag.NewFlagSet("docker-proxy", flag.ContinueOnError)
		proto, ip, port := f.String("proto", "", ""), f.String("host-ip", "", ""), f.String("host-port", "", "")
		f.String("container-ip", "", "")
		f.String("container-port", "", "")
		f.Bool("use-listen-fd", false, "")
		if err := f.Parse(args); err != nil {
			return err
		}
		return hold(*proto, net.JoinHostPort(*ip, *port))
	case "check", "who": // JSON of endpoints on the standard input
		return answer(mode)
	case "many": // FIRST COUNT
		first, err1 := strconv.Atoi(args[0])
		count, err2 := strconv.Atoi(args[1])
		return errors.Join(err1, err2, holdMany(first, count))
	case "many-addresses": // PORT FIRST COUNT
		var n [3]int
		for i := range n {
			n[i], _ = strconv.Atoi(args[i])
		}
		return holdManyAddresses(uint16(n[0]), n[1], n[2])
	case "wait":
		fmt.Println("ready")
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	case "scope":
		fmt.Println(OnHostNetwork())
		return nil
	}
	return fmt.Errorf("no mode %q", mode)
}

// hold has a port until the standard input ends.
func hold(proto, addr string) error {
	family := "4"
	if ap, err := netip.ParseAddrPort(addr); err == nil && ap.Addr().Is6() {
		family = "6"
	}
	var c io.Closer
	var err error
	if proto == "udp" {
		c, err = net.ListenPacket("udp"+family, addr)
	} else {
		c, err = net.Listen("tcp"+family, addr)
	}
	if err != nil {
		return err
	}
	defer c.Close()
	fmt.Println("ready")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func answer(mode string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var want []lint.Endpoint
	if err := json.NewDecoder(os.Stdin).Decode(&want); err != nil {
		return err
	}
	var probes []lint.Probe
	if mode == "check" {
		probes, _ = Check(ctx, want, Options{})
	} else {
		var ports []Port
		for _, e := range want {
			ports = append(ports, Port{e.Addr.Port(), e.Proto})
		}
		probes, _ = Who(ctx, ports, Options{})
	}
	return json.NewEncoder(os.Stdout).Encode(probes)
}

// helper is the test binary, started again in a mode.
func helper(t testing.TB, mode string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), helperVar+"="+mode, "GORACE=atexit_sleep_ms=0")
	cmd.Stderr = os.Stderr
	return cmd
}

// as makes a command run as another user, from a copy of the program that this user may read. It needs root.
func as(t testing.TB, cmd *exec.Cmd, uid uint32) *exec.Cmd {
	t.Helper()
	needRoot(t)
	cmd.Path = copyOf(t, cmd.Path, "sockets.test")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	return cmd
}

func copyOf(t testing.TB, program, name string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sockets")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	b, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, name)
	if err := os.WriteFile(to, b, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return to
}

// start runs a command until the test ends and waits for its line "ready".
func start(t testing.TB, cmd *exec.Cmd) int {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	launch(t, cmd)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != "ready" {
		t.Fatalf("%v did not get ready: %q, %v", cmd.Args, line, err)
	}
	return cmd.Process.Pid
}

// launch starts a command whose standard input stays open until the test ends, and then ends that one process.
func launch(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
}

// asStranger asks for endpoints from a process of another user.
func asStranger(t testing.TB, mode string, want ...lint.Endpoint) []lint.Probe {
	t.Helper()
	return answered(t, as(t, helper(t, mode), stranger), want...)
}

// answered asks a helper for endpoints.
func answered(t testing.TB, cmd *exec.Cmd, want ...lint.Endpoint) []lint.Probe {
	t.Helper()
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdin = strings.NewReader(string(b))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var probes []lint.Probe
	if err := json.Unmarshal(out, &probes); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return probes
}

func needRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
}

func needIPv6(t testing.TB) {
	t.Helper()
	if probe := try(context.Background(), endpoint("tcp", "::1", 20001), Options{}); probe.Result != lint.Free && probe.Result != lint.InUse {
		t.Skip("this machine has no IPv6")
	}
}

func endpoint(proto, addr string, port uint16) lint.Endpoint {
	return lint.Endpoint{Proto: proto, Addr: netip.AddrPortFrom(netip.MustParseAddr(addr), port)}
}

func freePort(t testing.TB, proto string) uint16 {
	t.Helper()
	return freePorts(t, proto, 1)[0]
}

// freePorts are ports below the automatic range that nothing holds in any way, and no other package's tests use.
func freePorts(t testing.TB, proto string, count int) (ports []uint16) {
	t.Helper()
	for p := uint16(29000 + os.Getpid()*31%2500); p < 32700; p++ {
		rows, blind := sockets(context.Background(), everything, []uint16{p})
		if len(blind) > 0 {
			t.Fatal(blind)
		}
		v4, v6 := endpoint(proto, "0.0.0.0", p), endpoint(proto, "::", p)
		free := try(t.Context(), v4, Options{}).Result == lint.Free && try(t.Context(), v6, Options{}).Result != lint.InUse
		if len(rows) == 0 && free {
			ports = append(ports, p)
		}
		if len(ports) == count {
			return ports
		}
	}
	t.Fatal("no free port")
	return nil
}
