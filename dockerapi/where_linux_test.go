package dockerapi

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestOtherUser: a user who may not open the socket, and who may not read the links of other processes' namespaces.
func TestOtherUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to become somebody else")
	}
	f := newFake(t, nil)
	if err := os.Chmod(f.socket, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(f.socket), 0o755); err != nil {
		t.Fatal(err)
	}
	out := asNobody(t, "PORTLINT_TEST_NOBODY="+f.socket)
	want := fmt.Sprintf("permission denied at the socket %q", f.socket)
	if !strings.Contains(out, want) || !strings.Contains(out, "parent=1 self=1") {
		t.Errorf("%s, want %s", out, want)
	}
}

// TestNobody is run by TestOtherUser.
func TestNobody(t *testing.T) {
	socket := os.Getenv("PORTLINT_TEST_NOBODY")
	if socket == "" {
		t.Skip("is run by TestOtherUser")
	}
	t.Log(reasons(Look(t.Context(), Options{Host: "unix://" + socket}), blindEngine))
	t.Logf("parent=%d self=%d", processOf(os.Getppid()).network, processOf(os.Getpid()).network)
}

func asNobody(t *testing.T, env string) string {
	t.Helper()
	text, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(shortDir(t), "test")
	if err := os.WriteFile(binary, text, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(binary), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "-test.run=^TestNobody$", "-test.v")
	cmd.Dir, cmd.Env = "/", []string{env, "HOME=/"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return out.String()
}
