package up

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
)

// Line is a command line with `up`: what of it is docker's, Compose's and portlint's.
type Line struct {
	words   []string // all of it, as given
	at      int      // where the word up stands in it
	docker  []string // docker's flags, which stand before the word compose
	global  []string // Compose's flags before `up`, as given
	after   []string // what stands after `up`, as given, without portlint's own flags
	globals run.Flags
	Options lint.UpOptions
	orphans bool // --remove-orphans was given, as true or false
	scale   []string
	attach  []string
	exit    string // --exit-code-from
	detach  bool
	wait    bool
	dryRun  bool
	help    bool
	move    bool
	write   bool
	replace bool
	// envFile is where --env-file behind `up` writes the ports, which writesEnv says it does.
	envFile   string
	writesEnv bool
	// name is the project's name for this run, "" where that is as the line, the files and the environment have it.
	name  string
	yes   bool
	tries int              // how often it was run again
	lost  []dockerapi.Port // that the engine has refused in this run, after they had looked free
	// malformed: a value is missing or was not understood. Compose refuses the line then, before it does anything.
	malformed bool
	// UnknownFlags: there are flags after `up` that are not known, so that a word may be a service or the value of one of them.
	UnknownFlags bool
	// refusal says why Compose may refuse the line, "" when it does not look like that.
	refusal string
	overlay map[string][]byte // text to read in place of the disk's, by absolute path
}

// IsUp reports whether the first word of a command line that is no flag is `up`.
func IsUp(words []string) bool {
	s := scan(new(Line).before(), words, false)
	return len(s.others) > 0 && words[s.others[0]] == "up"
}

// before are the flags that may stand before `up`.
func (l *Line) before() *pflag.FlagSet {
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	l.globals.Register(f)
	composeFlags(f, l)
	return f
}

// RegisterFlags adds the flags that are portlint's own to those of a command, for its help.
func RegisterFlags(f *pflag.FlagSet) { new(Line).own(f) }

// own adds the flags that are portlint's.
func (l *Line) own(f *pflag.FlagSet) {
	f.BoolVar(&l.move, "move", false, "give conflicting ports a free value for this run, and the project a name of its own\n"+
		"where another checkout has it; no file of yours changes, and the values are the same\n"+
		"next time in this checkout")
	f.BoolVar(&l.write, "write", false, "as --move, but kept in .env")
	f.BoolVar(&l.replace, "replace", false, "replace the containers of the same project name that run from another directory;\n"+
		"without it, they are a conflict")
	f.StringVar(&l.envFile, "env-file", "", "with -d or --wait: write where the services run to `FILE`, as portlint env prints it;\n"+
		"before up it is docker compose's, and read")
}

// ParseLine takes a command line apart that has the word `up`, see namesUp.
func ParseLine(words []string) (Line, error) {
	var line Line
	before, known := line.before(), pflag.NewFlagSet("", pflag.ContinueOnError)
	upFlags(known, &line)
	first := scan(before, words, false)
	at := first.others[0]
	if err := line.set(first.flags); err != nil {
		return line, err
	}
	line.words, line.at = words, at
	line.docker, line.global = first.part(words[:at])

	rest := words[at+1:]
	after := scan(known, rest, true)
	if err := line.set(after.flags); err != nil {
		return line, err
	}
	_, line.after = after.split(rest, isOurs)
	for _, at := range after.others {
		line.Options.Services = append(line.Options.Services, rest[at])
	}
	line.UnknownFlags = after.unknown != ""
	line.refusal = cmp.Or(unknownFlag(first.unknown, "docker compose"), unknownFlag(after.unknown, "docker compose up"), refusedFlags(known))
	line.writesEnv = after.names("env-file") || after.open && rest[len(rest)-1] == "--env-file"
	line.malformed = line.malformed || first.open || after.open
	line.orphans = after.names("remove-orphans")
	line.readScale()
	line.Options.Replace = line.replace
	switch {
	case line.move && line.write:
		return line, errors.New("--move and --write exclude each other: --move changes no file, --write keeps the ports in .env")
	case line.replace && line.Options.NoRecreate:
		return line, errors.New("--replace and --no-recreate exclude each other: --no-recreate leaves all containers as they are")
	}
	return line, nil
}

// unknownFlag says that a word is no flag of a command, "" where there is no such word.
func unknownFlag(word, command string) string {
	if word == "" {
		return ""
	}
	return fmt.Sprintf("%q is no flag of %s that portlint knows", word, command)
}

// resumes reports whether the line keeps what an earlier run decided.
func (l *Line) resumes() bool { return l.move || l.write }

// returns reports whether Compose comes back with containers that it started, and leaves them running.
func (l *Line) returns() bool { return (l.detach || l.wait) && !l.dryRun && !l.Options.NoStart }

// set gives the flags their values. What Compose gets is Compose's to refuse.
func (l *Line) set(flags []flagWord) error {
	for _, f := range flags {
		err := f.flag.Value.Set(f.value)
		if err == nil {
			continue
		}
		if run.IsOurs(f.flag) {
			return fmt.Errorf("--%s %q: %w", f.flag.Name, f.value, err)
		}
		if isOurs(f.flag) {
			return fmt.Errorf("--%s is true or false, not %q", f.flag.Name, f.value)
		}
		l.malformed = true
	}

	return nil
}

// readScale reads SERVICE=NUM as Compose does. Source: compose cmd/compose/create.go, applyScaleOpts.
func (l *Line) readScale() {
	for _, text := range l.scale {
		name, number, _ := strings.Cut(text, "=")
		n, err := strconv.Atoi(number)
		if err != nil {
			l.malformed = true
			continue
		}
		if l.Options.Scale == nil {
			l.Options.Scale = map[string]int{}
		}
		l.Options.Scale[name] = n
	}
}
