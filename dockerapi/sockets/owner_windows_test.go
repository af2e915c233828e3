package sockets

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/keeper"
	"golang.org/x/sys/windows"
)

// TestOwnerOfChild: what is told of a process that this one has started is true, down to the command that ends it.
func TestOwnerOfChild(t *testing.T) {
	if os.Getenv("PORTLINT_TEST_CHILD") != "" {
		_, _ = os.Stdin.Read(make([]byte, 1)) // until the parent has looked
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run", "^TestOwnerOfChild$")
	cmd.Env = append(os.Environ(), "PORTLINT_TEST_CHILD=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { in.Close(); _ = cmd.Wait() }()

	seen, p, o := listProcesses().owner(uint32(cmd.Process.Pid))
	if seen != lint.Known || p.PID != cmd.Process.Pid || !strings.EqualFold(p.Name, filepath.Base(program)) || p.StartedAt.IsZero() || p.User == "" {
		t.Errorf("%v %+v", seen, p)
	}
	wine := windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil // which shows no command line
	if !wine && !strings.Contains(p.Command, "TestOwnerOfChild") {
		t.Errorf("its command line is %q", p.Command)
	}
	if !o.Own || o.Children != 0 || len(o.Services) != 0 || len(o.Parents) == 0 || o.Parents[0].PID != os.Getpid() {
		t.Errorf("%+v", o)
	}
	if stop := strings.Join(keeper.Of(o).Stop.Command, " "); !strings.HasPrefix(stop, "taskkill /F ") {
		t.Errorf("it is ended by %q", stop)
	}
	if _, parent, _ := listProcesses().owner(uint32(os.Getpid())); parent.PID != os.Getpid() || parent.StartedAt.After(p.StartedAt) {
		t.Errorf("%+v began before its parent %+v", p, parent)
	}
}

// TestServices: a service that runs is told with its process.
func TestServices(t *testing.T) {
	all := listProcesses()
	for pid, names := range all.services {
		if all.listed[pid].name == "" {
			t.Errorf("process %d of %q is not listed", pid, names)
			continue
		}
		if _, p, o := all.owner(uint32(pid)); len(o.Services) != len(names) || p.Name == "" {
			t.Errorf("%q: %+v %+v", names, p, o)
		}
		return
	}
	t.Error("no service runs here")
}
