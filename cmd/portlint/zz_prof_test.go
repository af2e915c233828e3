//go:build linux

package main

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
)

func BenchmarkZZ(b *testing.B) {
	m := newCrowdedMachine(b)
	dir := b.TempDir()
	for b.Loop() {
		var out, e bytes.Buffer
		if c := execute(context.Background(), []string{"ports", "--all"}, run.Process{Env: map[string]string{"DOCKER_HOST": m.engine, "HOME": os.Getenv("HOME")}, Dir: dir, Stdout: &out, Stderr: &e}); c != 0 {
			b.Fatal(e.String())
		}
	}
}
