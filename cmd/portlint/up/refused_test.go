package up

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/testdir"
)

const refusable = `services:
  web: {image: i, depends_on: [db]}
  db: {image: i}
  none: {image: i, scale: 0}
  extra: {image: i, profiles: [extra]}
`

// refusableLines are lines that Compose refuses or takes, as far as that is about flags.
var refusableLines = []struct {
	line    string
	refused bool
}{
	{"--pull policy", true}, {"--pull missing", false}, {"--pull=", true}, {"--wait-timeout=-1", true}, {"--wait-timeout 0", false}, {"--timeout=-1", false},
	{"--scale nosuch=1", true}, {"--scale extra=1", true}, {"--scale none=2", false}, {"--scale web=0", false},
	{"--scale db=2 web", false}, {"--scale web=2 db", true}, {"--scale db=2 --no-deps web", false}, {"--scale extra=2 extra", false},
	{"--exit-code-from nosuch", true}, {"--exit-code-from web db", true}, {"--exit-code-from none", false}, {"--exit-code-from= -d", false},
	{"--attach db", false}, {"--attach nosuch", true}, {"--attach web db", true}, {"--no-attach nosuch", false},
	{"-d --exit-code-from web --abort-on-container-failure", true}, {"--exit-code-from web --abort-on-container-failure", false},
}

func TestUpRefused(t *testing.T) {
	p := refusableProject(t)
	for _, c := range refusableLines {
		if got := refusalOf(t, p, strings.Fields(c.line)); (got != "") != c.refused {
			t.Errorf("%s: %q", c.line, got)
		}
	}
}

// TestUpRefusedBefore: a flag before up that is not known may be one of a newer Compose, and may be none.
func TestUpRefusedBefore(t *testing.T) {
	for words, want := range map[string]string{
		"--bogus up":       `"--bogus" is no flag of docker compose that portlint knows`,
		"-Z up --bogus":    `"-Z" is no flag of docker compose that portlint knows`,
		"--ansi never up":  "",
		"--dry-run up --z": `"--z" is no flag of docker compose up that portlint knows`,
	} {
		line, err := ParseLine(strings.Fields(words))
		if err != nil || line.refusal != want {
			t.Errorf("%s: %q %v, want %q", words, line.refusal, err, want)
		}
	}
}

func refusableProject(t *testing.T) compose.Loaded {
	t.Helper()
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), refusable)
	p, err := run.LoadOne(t.Context(), run.Process{}, compose.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// refusalOf says why Compose would refuse flags and services of `up`.
func refusalOf(t *testing.T, p compose.Loaded, words []string) string {
	t.Helper()
	line, err := ParseLine(append([]string{"up"}, words...))
	if err != nil {
		t.Fatal(err)
	}
	line.complete(p)
	return line.refusal
}

// TestEngineUpRefused asks a real Compose about these lines, and about each two flags together: what it takes goes on to an
// engine that is not there.
func TestEngineUpRefused(t *testing.T) {
	program := os.Getenv("PORTLINT_TEST_COMPOSE")
	if program == "" {
		t.Skip("PORTLINT_TEST_COMPOSE names no docker-compose")
	}
	p := refusableProject(t)
	var all sync.WaitGroup
	places := make(chan bool, 2*runtime.NumCPU())
	ask := func(words ...string) {
		places <- true
		defer func() { <-places }()
		cmd := exec.Command(program, append([]string{"up"}, words...)...)
		cmd.Dir, cmd.Env = p.Project.Dir, append(os.Environ(), "DOCKER_HOST="+noEngine)
		out, _ := cmd.CombinedOutput() // it fails in any case
		taken := strings.Contains(string(out), "/no/engine.sock")
		if refusal := refusalOf(t, p, words); taken != (refusal == "") {
			t.Errorf("%q: Compose says\n%s\nportlint: %q", words, out, refusal)
		}
	}
	for _, c := range refusableLines {
		all.Go(func() { ask(strings.Fields(c.line)...) })
	}
	flags := []string{"--detach", "--wait", "--watch", "--abort-on-container-exit", "--abort-on-container-failure", "--exit-code-from=web", "--attach=web",
		"--attach-dependencies", "--build", "--no-build", "--no-recreate", "--force-recreate", "--always-recreate-deps", "-V", "--no-start"}
	for i, flag := range flags {
		for _, other := range slices.Delete(slices.Clone(flags), 0, i+1) {
			all.Go(func() { ask(flag, other) })
		}
	}
	all.Wait()
}
