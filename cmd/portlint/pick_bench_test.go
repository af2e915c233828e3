package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi/leases"
)

// bench runs a command in a directory again and again, with a record that has many leases of other checkouts.
func bench(b *testing.B, dir string, others int, args ...string) {
	b.Helper()
	state := b.TempDir()
	store := leases.Store{Dir: filepath.Join(state, "portlint"), Now: time.Now}
	_, err := store.Update(context.Background(), func(p *leases.Tx) error {
		for i := range others {
			port := uint16(24000 + i)
			p.Give(leases.Lease{First: port, Last: port, Tenant: leases.Tenant{Dir: state, Key: fmt.Sprint(i)}})
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	w := run.Process{Env: map[string]string{"DOCKER_HOST": noEngine, "XDG_STATE_HOME": state}, Dir: dir, Stdout: io.Discard, Stderr: io.Discard}
	b.ReportAllocs()
	for b.Loop() {
		if code := execute(context.Background(), args, w); code != run.ExitClean {
			b.Fatal(code)
		}
	}
}

// BenchmarkAssign is a project of two variables on a machine with the leases of 500 others.
func BenchmarkAssign(b *testing.B) {
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(manyProject), 0o644); err != nil {
		b.Fatal(err)
	}
	bench(b, dir, 1000, "assign")
}

// BenchmarkFree is one port at a time; each is in the record for two minutes.
func BenchmarkFree(b *testing.B) { bench(b, b.TempDir(), 0, "free") }
