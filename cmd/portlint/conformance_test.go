//go:build linux

package main

import (
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"
)

// The measure of portlint is a real `docker compose up`. These tests run situations on real engines: they set one up, ask
// portlint, then let Compose start the project, and compare. They run inside the engine's network namespace, so that the
// sockets that they open and those of the engine meet.
//
// A rootless engine's portlint is run as its user. PORTLINT_TEST_TABLE is a file that gets a line for each run, see tally.write.
//
// PORTLINT_TEST_ENGINES, PORTLINT_TEST_COMPOSE and PORTLINT_TEST_ENGINE are those of .ci/engine. PORTLINT_TEST_SCENARIOS is
// the number of random scenarios on each engine, PORTLINT_TEST_SEED the first seed. PORTLINT_TEST_CASE chooses cases, as
// TABLE/NAME in the words of -test.run, and PORTLINT_TEST_PLAYERS says how many are run at once on each engine. On a busy machine
// PORTLINT_TEST_TIMEOUT is how long portlint waits for answers when it is asked.

// insideVar says what a test binary, started anew in an engine's namespace, has to run, and engineVar where.
const (
	insideVar = "PORTLINT_TEST_INSIDE"
	engineVar = "PORTLINT_TEST_AT"
)

// TestEngineConformance runs the table of cases.
func TestEngineConformance(t *testing.T) {
	onEngines(t, "conformance")
	t.Log("not played, as no engine here can be put into it:\n" + strings.Join(untested, "\n"))
}

// TestEngineScenarios runs random scenarios.
func TestEngineScenarios(t *testing.T) { onEngines(t, "scenarios") }

// onEngines lets this test binary run inside the network namespace of each engine, all at once.
func onEngines(t *testing.T, what string) {
	t.Helper()
	realEngines(t, func(t *testing.T, e realEngine) {
		t.Parallel()
		cmd := e.command(os.Args[0], "-test.run=^TestInside$/"+what+"/"+os.Getenv("PORTLINT_TEST_CASE"), "-test.v",
			"-test.parallel="+atOnceFlag(), "-test.timeout="+flag.Lookup("test.timeout").Value.String())
		cmd.Env = append(os.Environ(), insideVar+"="+what, engineVar+"="+e.name+"="+e.socket)
		out, err := cmd.CombinedOutput()
		t.Log(summaryOf(string(out), err == nil))
		if err != nil {
			t.Error(err)
		}
	})
}

// atOnceFlag is how many scenarios one engine runs at once.
func atOnceFlag() string {
	if n := os.Getenv("PORTLINT_TEST_PLAYERS"); n != "" {
		return n
	}
	return "4"
}

// digest leaves out what go test says of tests that pass; of a good run only the sums remain.
func summaryOf(out string, good bool) string {
	var remaining []string
	for line := range strings.Lines(out) {
		noise := strings.HasPrefix(line, "=== ") || strings.Contains(line, "--- PASS")
		if !noise && (!good || strings.Contains(line, sums)) {
			remaining = append(remaining, line)
		}
	}
	return strings.Join(remaining, "")
}

// sums marks the lines that a good run prints.
const sums = "run: "

// TestInside is run by the tests above in the network namespace of an engine.
func TestInside(t *testing.T) {
	what := os.Getenv(insideVar)
	if what == "" {
		t.Skip("is run by TestEngineConformance and TestEngineScenarios")
	}
	logrus.SetOutput(io.Discard)
	name, socket, _ := strings.Cut(os.Getenv(engineVar), "=")
	s, err := openEngineEnv(t.Context(), name, socket, os.Getenv("PORTLINT_TEST_COMPOSE"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	if s.kind.rootless {
		if err := s.askAsUser(t.TempDir()); err != nil {
			t.Fatal(err)
		}
	}
	sum := tally{engine: name, kind: s.kind, what: what}
	t.Run(what, func(t *testing.T) {
		if what == "scenarios" {
			runRandom(t, s, &sum)
		} else {
			runTable(t, s, &sum)
		}
	})
	t.Log(sum.String())
	if err := sum.write(os.Getenv("PORTLINT_TEST_TABLE")); err != nil {
		t.Error(err)
	}
}

// runTable runs every case of the table that is for this engine.
func runTable(t *testing.T, s *engineEnv, sum *tally) {
	names := map[string]bool{}
	for table, cases := range conformanceTables() {
		for _, c := range cases {
			if names[c.name] {
				t.Errorf("two cases are named %q", c.name)
			}
			names[c.name] = true
			t.Run(table+"/"+c.name, func(t *testing.T) {
				want, err := c.wants(s.name)
				if err != nil {
					t.Fatal(err)
				}
				if want.never {
					t.Skip("this engine knows no such thing")
				}
				if !c.alone {
					t.Parallel()
				}
				got, err := s.runOn(t.Context(), c)
				if errors.Is(err, errBefore) && want.open {
					sum.leave(table+"/"+c.name, err)
					t.Skip(err)
				}
				if err != nil {
					t.Fatal(err)
				}
				why := want.wrong(got)
				sum.add(table+"/"+c.name, got, why != "")
				if why != "" {
					t.Errorf("%s\n%s", why, got.story())
				}
			})
		}
	}
}
