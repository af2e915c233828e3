package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/netip"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint"
)

var severalBlock = regexp.MustCompile("(?s)```console several\n(.*?)```\n")

// TestSeveralMachinesPage compares the outputs of the page about several machines, of which two answer as they do here; the
// rest is the program's own.
func TestSeveralMachinesPage(t *testing.T) {
	file := filepath.Join(root, ".github/docs/several-machines.md")
	page := docs(t)[file]
	current := severalBlock.ReplaceAllStringFunc(page, func(block string) string {
		now := "```console several\n" + runSeveral(t, severalBlock.FindStringSubmatch(block)[1]) + "```\n"
		if now != block && !*update {
			t.Errorf("the page shows\n%s\nand the program says (-update writes it)\n%s", block, now)
		}
		return now
	})
	if !severalBlock.MatchString(page) {
		t.Error("the page shows no output")
	}
	if *update {
		rewrite(t, file, current)
	}
}

func runSeveral(t *testing.T, block string) string {
	t.Helper()
	var out bytes.Buffer
	w := run.Process{Env: map[string]string{"HOME": t.TempDir()}, Dir: t.TempDir(), Stdout: &out, Stderr: io.Discard, Clock: testClock}
	testdir.Write(t, filepath.Join(w.Dir, "compose.yaml"), `name: shop
services:
  api:
    image: shop-api
    ports:
      - "8080:80"
`)
	for _, line := range strings.Split(block, "\n") {
		if command, ok := strings.CutPrefix(line, "$ portlint --context build1 --context build2 "); ok {
			out.WriteString(line + "\n")
			if err := severalCommand(t.Context(), w, command); err != nil && !errors.Is(err, run.ErrFindings) {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
	return out.String()
}

// severalCommand runs check or ports in the working directory, on the two machines of the page.
func severalCommand(ctx context.Context, w run.Process, command string) error {
	all, err := run.Load(ctx, w, run.Flags{}, []compose.Options{{Dir: w.Dir, Env: w.Env}})
	if err != nil {
		return err
	}
	machines := []run.Machine{{Context: "build1", Host: remoteHost("build1")}, {Context: "build2", Host: remoteHost("build2")}}
	machines[1].Host.Containers = []lint.Container{{ID: "c", Name: "cache", State: "running", Client: machines[1].Host.Engine.Client,
		StartedAt: time.Date(2026, 11, 17, 9, 12, 0, 0, time.UTC),
		Bound:     []lint.PublishedPort{{Endpoint: lint.Endpoint{Proto: "tcp", Addr: netip.MustParseAddrPort("0.0.0.0:8080")}, Target: 80}}}}
	if command == "ports" {
		return listPorts(w, all, machines, "table", false)
	}
	plan, err := (&checkFlags{color: "never"}).plan(w)
	if err != nil {
		return err
	}
	each, err := run.OnMachines(ctx, all, run.NewSettingsFinder(w.Dir, plan.flags), plan.up(), machines)
	if err != nil {
		return err
	}
	return plan.finish(w, each...)
}

// remoteHost is a machine without containers, asked over ssh through the context of its name.
func remoteHost(name string) *lint.Host {
	at := "ssh://" + name
	h := &lint.Host{
		Engine: lint.Engine{Endpoint: at, Name: "Docker Engine", Version: "29.0.1"},
		Blind:  []lint.Blind{{What: "sockets", Why: "the engine is remote (" + at + ")"}},
	}
	h.Engine.Client.Flags = []string{"--context", name}
	return h
}
