//go:build unix

package up

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// handedOn are the signals that a program which portlint runs shall get.
func handedOn() []os.Signal {
	return []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}
}

// OutliveReaders makes a reader of the output who is gone an error of the write, as a full disk is: the signal would end portlint
// without a word. A program that portlint becomes or runs gets the signal as usual.
func OutliveReaders() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

// fromTerminal reports whether a signal has most likely come from the keys of the terminal, which reach every process of
// the foreground: a second one would make Compose give up at once.
func fromTerminal(s os.Signal) bool {
	if s != syscall.SIGINT && s != syscall.SIGQUIT {
		return false
	}
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	foreground, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && foreground == unix.Getpgrp()
}

// StatusOf is the exit status as a shell has it.
func StatusOf(p *os.ProcessState) int {
	if w, ok := p.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return 128 + int(w.Signal())
	}
	return p.ExitCode()
}

func signalNumber(s os.Signal) int {
	if n, ok := s.(syscall.Signal); ok {
		return int(n)
	}
	return 0
}

// jobsStop says that Ctrl-Z stops programs.
const jobsStop = true

// stopJob stops portlint and what runs beside it in a pipeline, as Ctrl-Z does, until it is continued. Without a shell that could
// continue it the system does not stop it.
func stopJob() {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	if syscall.Kill(0, syscall.SIGTSTP) != nil {
		return
	}
	select { // another thread may be the one that stops all of them, in a moment
	case <-continued:
	case <-time.After(time.Second / 4):
	}
}
