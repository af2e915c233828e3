package sockets

import (
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// search looks for the processes that have sockets open. It may be used by several goroutines.
type search struct {
	proc   procDir
	uids   map[int]bool // of the wanted sockets
	mu     sync.Mutex
	wanted map[uint64][]hit // inode to the descriptors found, none yet when nil
	open   int              // inodes without a process
	hidden []int            // processes that did not show their descriptors
	done   map[int]bool     // processes that were looked at
	whole  bool             // read every descriptor, also when nothing is open any more
}

// hit is a descriptor of a wanted socket.
type hit struct {
	pid int
	fd  string
}

func newSearch(proc procDir, rows []row) *search {
	s := &search{proc: proc, uids: map[int]bool{}, wanted: map[uint64][]hit{}, done: map[int]bool{}}
	for _, r := range rows {
		if r.inode != 0 {
			s.wanted[r.inode] = nil
			s.uids[r.uid] = true
		}
	}

	s.open = len(s.wanted)
	return s
}

// walk looks at processes until every socket has one: those of the sockets' users first.
func (s *search) walk(ctx context.Context) {
	pids := s.proc.pids()
	first := slices.DeleteFunc(slices.Clone(pids), func(pid int) bool { return !s.uids[s.proc.uid(pid)] })
	s.visit(ctx, first)
	s.visit(ctx, pids)
}

// climb looks at the parents of the processes that were found, as far up as they have the socket too: the oldest one
// opened it, and its children inherited it. Pids start again from below, so that a child's can be the lower one.
func (s *search) climb(ctx context.Context) {
	s.whole, s.done = true, map[int]bool{}
	for {
		var parents []int
		for _, hits := range s.wanted {
			for _, h := range hits {
				st, ok := s.proc.stat(h.pid)
				if ok && st.parent > 0 && !s.done[st.parent] {
					parents = append(parents, st.parent)
				}
			}
		}
		if len(parents) == 0 || ctx.Err() != nil {
			return
		}
		s.visit(ctx, parents)
	}
}

// visit looks at processes in their order, two at a time: more don't help (the kernel's locks), one is slower.
func (s *search) visit(ctx context.Context, pids []int) {
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(2, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			buf := make([]byte, 32<<10)
			for pid := range next {
				s.look(pid, buf)
			}
		})
	}

	for _, pid := range pids {
		if ctx.Err() != nil || !s.begin(pid) {
			continue
		}
		next <- pid
	}

	close(next)
	wg.Wait()
}

// begin reports whether a process is to be looked at.
func (s *search) begin(pid int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == 0 && !s.whole || s.done[pid] {
		return false
	}
	s.done[pid] = true
	return true
}

// look reads all descriptors of one process.
func (s *search) look(pid int, buf []byte) {
	dir := s.proc.path(pid, "fd")
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		s.deny(pid, err)
		return
	}

	defer func() { _ = unix.Close(fd) }()
	var names []string
	for {
		n, err := unix.ReadDirent(fd, buf)
		if err != nil || n <= 0 {
			s.deny(pid, err)
			break
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
	}

	link := buf[:64]
	for i, name := range names {
		if i%256 == 255 && s.complete() {
			return
		}

		n, err := unix.Readlinkat(fd, name, link)
		if err != nil {
			s.deny(pid, err)
			continue
		}

		if inode, ok := socketInode(link[:n]); ok {
			s.found(inode, hit{pid, name})
		}
	}
}

// deny notes that a process may not be looked at; that it is gone is no matter.
func (s *search) deny(pid int, err error) {
	if !errors.Is(err, os.ErrPermission) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.hidden, pid) {
		s.hidden = append(s.hidden, pid)
	}
}

func (s *search) found(inode uint64, h hit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	hits, ok := s.wanted[inode]
	if !ok || slices.ContainsFunc(hits, func(o hit) bool { return o.pid == h.pid }) {
		return
	}

	if hits == nil {
		s.open--
	}
	s.wanted[inode] = append(hits, h)
}

// complete reports whether every socket has an owner.
func (s *search) complete() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open == 0 && !s.whole
}

// still reports whether a process has a socket open at this moment, so that its pid was not given to another one.
func (s *search) still(h hit, inode uint64) bool {
	link := make([]byte, 64)
	n, err := unix.Readlink(s.proc.path(h.pid, "fd/"+h.fd), link)
	if err != nil {
		return false
	}
	got, ok := socketInode(link[:n])
	return ok && got == inode
}

// socketInode reads "socket:[4711]".
func socketInode(link []byte) (uint64, bool) {
	s, ok := strings.CutPrefix(string(link), "socket:[")
	if !ok {
		return 0, false
	}
	inode, err := strconv.ParseUint(strings.TrimSuffix(s, "]"), 10, 64)
	return inode, err == nil
}
