//go:build linux

package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/portlint/portlint/lint"
)

// tally counts the outcomes of one engine.
type tally struct {
	engine, what string // its name, and "conformance" or "scenarios"
	kind         engineKind

	mu                      sync.Mutex
	all, failed             int // failed: of all, those where `up` was refused a port, a name or a subnet
	right                   int
	possible, unknown, lies []string // names of cases, or seeds
	left                    []string // cases that the engine can't be put into
	began                   time.Time
}

// add counts one ending.
func (t *tally) add(name string, o ending, wrong bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.began.IsZero() {
		t.began = o.began
	}
	t.all++
	if o.did == "FAIL" {
		t.failed++
	}

	switch {
	case wrong:
		t.lies = append(t.lies, name)
	case o.said == lint.VerdictPossible:
		t.possible = append(t.possible, name)
	case o.said == lint.VerdictUnknown:
		t.unknown = append(t.unknown, fmt.Sprintf("%s (%s)", name, strings.Join(o.why, "; ")))
	default:
		t.right++
	}
}

// leave counts a case that could not be played.
func (t *tally) leave(name string, why error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.left = append(t.left, fmt.Sprintf("%s (%v)", name, why))
}

func (t *tally) String() string {
	out := fmt.Sprintf(sums+"%s: %d in %s, %d failed on a port: %d right, %d possible, %d unknown, %d wrong, %d not played", t.kind,
		t.all, time.Since(t.began).Round(time.Second), t.failed, t.right, len(t.possible), len(t.unknown), len(t.lies), len(t.left))
	for _, list := range []struct {
		title string
		names []string
	}{{"wrong", t.lies}, {"unknown", t.unknown}, {"possible", t.possible}, {"not played", t.left}} {
		if len(list.names) > 0 {
			out += fmt.Sprintf("\n"+sums+"%s: %s: %s", t.engine, list.title, strings.Join(list.names, ", "))
		}
	}
	return out
}

// write adds a line to a file: what was run, the engine's name and what it is, which part of the table or the first seed of random
// situations, how many were run, and how many of them were right, possible, unknown and wrong, and how many could not be played; then the
// wrong ones. Words are separated by tabs.
func (t *tally) write(file string) error {
	if file == "" || t.all == 0 {
		return nil
	}

	part := cmp.Or(os.Getenv("PORTLINT_TEST_CASE"), "all")
	if t.what == "scenarios" {
		part = cmp.Or(os.Getenv("PORTLINT_TEST_SEED"), "1")
	}
	words := []string{t.what, t.engine, t.kind.String(), part}
	for _, n := range []int{t.all, t.right, len(t.possible), len(t.unknown), len(t.lies), len(t.left)} {
		words = append(words, strconv.Itoa(n))
	}
	slices.Sort(t.lies)
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = fmt.Fprintln(f, strings.Join(append(words, strings.Join(t.lies, "; ")), "\t"))
	return err
}
