package up

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint"
)

// summary writes the part of a line that decides what is started and stopped.
func (l *Line) summary() string {
	var on []string
	u := l.Options
	for _, flag := range []struct {
		name string
		set  bool
	}{{"nodeps", u.NoDeps}, {"norecreate", u.NoRecreate}, {"force", u.ForceRecreate}, {"renew", u.RenewVolumes}, {"deps", u.RecreateDeps},
		{"orphans", u.RemoveOrphans}, {"nostart", u.NoStart}, {"detach", l.detach}, {"wait", l.wait}, {"dry", l.dryRun},
		{"move", l.move}, {"write", l.write}, {"help", l.help}, {"malformed", l.malformed}, {"unknown", l.UnknownFlags}} {
		if flag.set {
			on = append(on, flag.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(u.Scale)) {
		on = append(on, fmt.Sprintf("%s*%d", name, u.Scale[name]))
	}
	return strings.Join(append(on, u.Services...), " ")
}

func TestUpLine(t *testing.T) {
	for _, c := range []struct{ line, text, runs string }{
		{"up", "", "compose up"},
		{"up -d", "detach", "compose up -d"},
		{"up --detach=false -d=true --detach=0", "", "compose up --detach=false -d=true --detach=0"},
		{"up web db", "web db", "compose up web db"},
		{"up -dV web", "renew detach web", "compose up -dV web"},
		{"up -dt 5 web", "detach web", "compose up -dt 5 web"},
		{"up -dt5 web", "detach web", "compose up -dt5 web"},
		{"up -t=5 -d", "detach", "compose up -t=5 -d"},
		{"up -t", "malformed", "compose up -t"},
		{"up -t soon --wait-timeout x", "malformed", "compose up -t soon --wait-timeout x"},
		{"up --timeout 5 web", "web", "compose up --timeout 5 web"},
		{"--timeout 5 up --timeout 6 web", "web", "compose up --timeout 6 web"},
		{"-f x.yaml --timeout=5s --context c up", "", "--context c compose -f x.yaml up"},
		{"up --scale a=2 --scale=b=0 --scale a=3 a b", "a*3 b*0 a b", "compose up --scale a=2 --scale=b=0 --scale a=3 a b"},
		{"up --scale a", "malformed", "compose up --scale a"},
		{"up --scale a=x", "malformed", "compose up --scale a=x"},
		{"up --detach=perhaps", "malformed", "compose up --detach=perhaps"},
		{"up --attach web --no-attach db --exit-code-from web x", "x", "compose up --attach web --no-attach db --exit-code-from web x"},
		{"up --pull always --build --wait --wait-timeout 9", "wait", "compose up --pull always --build --wait --wait-timeout 9"},
		{"up --no-deps web --force-recreate --no-recreate", "nodeps norecreate force web", "compose up --no-deps web --force-recreate --no-recreate"},
		{"up --always-recreate-deps --remove-orphans --no-start", "deps orphans nostart", "compose up --always-recreate-deps --remove-orphans --no-start"},
		{"up --remove-orphans=false", "", "compose up --remove-orphans=false"},
		{"up -- -d --move", "-d --move", "compose up -- -d --move"},
		{"up --move -d", "detach move", "compose up -d"},
		{"up -d web --move", "detach move web", "compose up -d web"},
		{"up --write=true web", "write web", "compose up web"},
		{"up --move=false", "", "compose up"},
		{"up --future web", "unknown web", "compose up --future web"},
		{"up -dZ web", "detach unknown web", "compose up -dZ web"},
		{"up -", "-", "compose up -"},
		{"up up", "up", "compose up up"},
		{"up -f x", "unknown x", "compose up -f x"},
		{"up --y -y -w", "", "compose up --y -y -w"},
		{"up --dry-run", "dry", "compose up --dry-run"},
		{"--dry-run up", "dry", "compose --dry-run up"},
		{"up -d -h", "detach help", "compose up -d -h"},
		{"-f up up", "", "compose -f up up"},
		{"-f a.yaml --file=b.yaml -pshop --profile x --env-file e up -d", "detach", "compose -f a.yaml --file=b.yaml -pshop --profile x --env-file e up -d"},
		{"--context c -f a up", "", "--context c compose -f a up"},
		{"-f a -H tcp://x up", "", "-H tcp://x compose -f a up"},
		{"--host=tcp://x --ansi never --progress plain --parallel 3 --compatibility --all-resources up", "",
			"--host=tcp://x compose --ansi never --progress plain --parallel 3 --compatibility --all-resources up"},
		{"--workdir d --verbose -v up", "", "compose --workdir d --verbose -v up"},
		{"--future up", "", "compose --future up"},
	} {
		words := strings.Fields(c.line)
		if !IsUp(words) {
			t.Errorf("%s: is no up", c.line)
			continue
		}
		line, err := ParseLine(words)
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
		}
		if got := line.summary(); got != c.text {
			t.Errorf("%s: understood as %q, want %q", c.line, got, c.text)
		}
		docker := composeProgram{words: []string{"docker"}}
		if got := strings.Join(docker.command(&line), " "); got != "docker "+c.runs {
			t.Errorf("%s: runs %q, want %q", c.line, got, "docker "+c.runs)
		}
	}
	for _, other := range []string{"", "check up", "-f up", "who 80", "--static", "-- up check", "upp"} {
		if IsUp(strings.Fields(other)) && other != "-- up check" {
			t.Errorf("%q is taken for an up", other)
		}
	}
	for _, line := range []string{"up --move --write", "up --move=perhaps", "up -d --write= web"} {
		if _, err := ParseLine(strings.Fields(line)); err == nil {
			t.Errorf("%s: taken", line)
		}
	}
}

func TestUpGlobals(t *testing.T) {
	line, err := ParseLine(strings.Fields("-f a --file b --project-directory d -p n --profile x --profile y --env-file e --context c up -p m"))
	if err != nil {
		t.Fatal(err)
	}
	want := run.Flags{Files: []string{"a", "b"}, ProjectDir: "d", ProjectName: "n", Profiles: []string{"x", "y"}, EnvFiles: []string{"e"}, Contexts: []string{"c"}}
	if got := fmt.Sprintf("%+v", line.globals); got != fmt.Sprintf("%+v", want) {
		t.Errorf("got  %s\nwant %+v", got, want)
	}
}

// TestUpLineUnchanged holds random lines against pflag: what portlint reads of a line is what pflag reads of what Compose
// gets, and Compose gets everything but portlint's own flags, in order.
func TestUpLineUnchanged(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("-d -V -dV -t 5 -t5 -dt 7 --timeout=3 --scale a=2 --scale=b=3 web db - --no-deps --no-deps=false " +
		"--detach=true --wait --remove-orphans --no-start --attach x --pull always --menu=0 -yw --")
	for range 4000 {
		var line, plain []string
		ours := true
		for range r.IntN(8) {
			word := words[r.IntN(len(words))]
			line, plain = append(line, word), append(plain, word)
			if ours = ours && word != "--"; ours && r.IntN(4) == 0 && !takesNext(line) {
				line = append(line, "--move")
			}
		}
		got, err := ParseLine(append([]string{"up"}, line...))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.after, plain) {
			t.Fatalf("%q: Compose gets %q", line, got.after)
		}
		var want Line
		f := pflag.NewFlagSet("", pflag.ContinueOnError)
		upFlags(f, &want)
		if f.Parse(plain) != nil {
			continue // which Compose refuses
		}
		want.Options.Services, want.move = f.Args(), got.move
		want.readScale()
		if got.summary() != want.summary() {
			t.Fatalf("%q: understood as %q, pflag says %q", line, got.summary(), want.summary())
		}
	}
}

// takesNext reports whether the last word of a line takes the next one as its value.
func takesNext(line []string) bool {
	last := line[len(line)-1]
	return slices.Contains([]string{"-t", "-dt", "--scale", "--attach", "--pull"}, last)
}

// TestEngineUpFlags holds the tables of flags against the help of a real Compose.
func TestEngineUpFlags(t *testing.T) {
	program := os.Getenv("PORTLINT_TEST_COMPOSE")
	if program == "" {
		t.Skip("PORTLINT_TEST_COMPOSE names no docker-compose")
	}
	shown := regexp.MustCompile(`(?m)^ +(?:-(\w), )?--([\w-]+)( \w+)?  `)
	for _, c := range []struct {
		words []string
		table func(*Line) *pflag.FlagSet
	}{
		{[]string{"--help"}, (*Line).before},
		{[]string{"up", "--help"}, func(l *Line) *pflag.FlagSet {
			f := pflag.NewFlagSet("", pflag.ContinueOnError)
			upFlags(f, l)
			return f
		}},
	} {
		out, err := exec.Command(program, c.words...).Output()
		if err != nil {
			t.Fatal(err)
		}
		known, all := c.table(new(Line)), shown.FindAllStringSubmatch(string(out), -1)
		if len(all) < 10 {
			t.Fatalf("%q: %d flags read", c.words, len(all))
		}
		for _, m := range all {
			switch f := known.Lookup(m[2]); {
			case f == nil:
				t.Errorf("%q: --%s is not known", c.words, m[2])
			case f.Shorthand != m[1] || (f.NoOptDefVal == "") != (m[3] != ""):
				t.Errorf("%q: --%s is known as -%s, value %t", c.words, m[2], f.Shorthand, f.NoOptDefVal == "")
			}
		}
	}
}

func TestUpPlanFlags(t *testing.T) {
	line, err := ParseLine(strings.Fields("up --no-deps -V --always-recreate-deps --scale web=2 web"))
	if err != nil {
		t.Fatal(err)
	}
	want := lint.UpOptions{Services: []string{"web"}, NoDeps: true, RenewVolumes: true, RecreateDeps: true, Scale: map[string]int{"web": 2}}
	if fmt.Sprint(line.Options) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", line.Options, want)
	}
}
