//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSecondInterruptEnds interrupts a portlint that waits for standard input, which no first interrupt ends.
func TestSecondInterruptEnds(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("portlint")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "check", "--static", "-f", "-")
	cmd.Env = append(os.Environ(), "DOCKER_HOST="+noEngine)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()

	deadline := time.After(20 * time.Second)
	repeated := time.NewTicker(300 * time.Millisecond)
	defer repeated.Stop()
	for {
		select {
		case err := <-done:
			var failed *exec.ExitError
			if !errors.As(err, &failed) || !strings.Contains(failed.String(), syscall.SIGINT.String()) {
				t.Errorf("ended with %v", err)
			}
			return
		case <-repeated.C:
			_ = cmd.Process.Signal(os.Interrupt) // it may have ended
		case <-deadline:
			_ = cmd.Process.Kill()
			t.Fatal("interrupts are ignored")
		}
	}
}
