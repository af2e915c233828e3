package sockets

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"github.com/portlint/portlint/lint"
)

// TestCheckAmongManySockets: with 50,000 sockets on the machine the ones that are asked for are found, and no others.
func TestCheckAmongManySockets(t *testing.T) {
	const many, processes = 50000, 4
	ports := freePorts(t, "tcp", 2)
	var pids []int
	for i := range processes {
		each := many / processes
		pids = append(pids, start(t, helper(t, "many-addresses", fmt.Sprint(ports[0]), fmt.Sprint(i*each), fmt.Sprint(each))))
	}
	pid := start(t, listenHelper(t, "tcp", ports[1]))
	if o := holderOf(t, endpoint("tcp", "0.0.0.0", ports[1])).Owner; o.Seen != lint.Known || o.Process.PID != pid {
		t.Errorf("owner %+v", o)
	}
	if o := holderOf(t, endpoint("tcp", nthAddress(many-1), ports[0])).Owner; o.Seen != lint.Known || o.Process.PID != pids[processes-1] {
		t.Errorf("owner %+v, want pid %d", o, pids[processes-1])
	}
	if in := InUse(t.Context()); !in[ports[0]] || !in[ports[1]] {
		t.Error("the ports in use lack one")
	}
}

// nthAddress is an address of this machine for each of many listeners.
func nthAddress(i int) string { return fmt.Sprintf("127.%d.%d.%d", 1+i>>16, i>>8&255, i&255) }

// holdManyAddresses opens listeners of one port on many addresses, and waits for the end of the standard input.
func holdManyAddresses(port uint16, first, count int) error {
	for i := first; i < first+count; i++ {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		if err := errors.Join(syscall.Bind(fd, testAddr(nthAddress(i), port)), syscall.Listen(fd, 1)); err != nil {
			return err
		}
	}
	fmt.Println("ready")
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// TestOwnerAmongManyProcesses: the owner is found among 3,000 processes, of which every second one vanishes while they are
// looked at.
func TestOwnerAmongManyProcesses(t *testing.T) {
	const many, wanted = 3000, 2999
	proc := t.TempDir()
	if inMemory, err := os.MkdirTemp("/dev/shm", "proc"); err == nil { // a disk takes seconds for so many files
		t.Cleanup(func() { os.RemoveAll(inMemory) })
		proc = inMemory
	}
	for pid := 1; pid <= many; pid++ {
		makeProcess(t, filepath.Join(proc, strconv.Itoa(pid)), pid)
	}
	var vanish sync.WaitGroup
	vanish.Go(func() {
		for pid := many; pid > 0; pid -= 2 {
			os.RemoveAll(filepath.Join(proc, strconv.Itoa(pid)))
		}
	})
	f := &finder{proc: procDir(proc), root: true}
	rows := []row{{proto: "tcp", state: lint.Listening, inode: wanted * 1000, uid: 4711}}
	owners, blind := f.owners(t.Context(), rows)
	vanish.Wait()
	if len(blind) > 0 || len(owners) != 1 || owners[0].Seen != lint.Known || owners[0].Process.PID != wanted {
		t.Errorf("owners %+v, blind %v", owners, blind)
	}
	if o, _ := f.owners(t.Context(), []row{{proto: "tcp", state: lint.Listening, inode: 7, uid: 4711}}); o[0].Seen != lint.KernelOrElse {
		t.Errorf("nobody's socket is %+v", o)
	}
}

// makeProcess writes the files of a process with a socket.
func makeProcess(t *testing.T, dir string, pid int) {
	t.Helper()
	must(t, "mkdir", os.MkdirAll(filepath.Join(dir, "fd"), 0o755))
	stat := fmt.Sprintf("%d (server) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %d 0 0", pid, pid)
	must(t, "stat", os.WriteFile(filepath.Join(dir, "stat"), []byte(stat), 0o644))
	must(t, "symlink", os.Symlink(fmt.Sprintf("socket:[%d]", pid*1000), filepath.Join(dir, "fd", "3")))
}
