package up

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// choose asks on the terminal what to do about what is in the way, until it is done or given up.
func choose(ctx context.Context, w run.Process, line *Line, s *state, keys *os.File) (*relocation, error) {
	answers := s.answers(w, line)
	for {
		key, err := oneKey(ctx, keys, answers, func() { fmt.Fprint(w.Stderr, s.question(answers)) })
		if err != nil {
			fmt.Fprintln(w.Stderr)
			return nil, err
		}
		fmt.Fprintln(w.Stderr, string(key))
		switch key {
		case 'a':
			return nil, run.ErrFindings
		case 's':
			err = s.show(ctx, w, line)
		case 'r':
			return s.replaced(ctx, w, line, keys)
		default:
			var m *relocation
			if m, err = movePorts(ctx, w, line, s, key == 'w'); err == nil {
				return m, nil
			}
		}
		if ctx.Err() != nil {
			return nil, err
		}
		if err != nil {
			run.Logf(w.Stderr, "%v", err)
		}
	}
}

// answers are the keys that help.
func (s *state) answers(w run.Process, line *Line) string {
	var keys string
	if s.movable(line) {
		keys = "m"
		if s.keepable(w) {
			keys += "w"
		}
	}
	if s.sameName() {
		keys += "r"
	}
	if !slices.ContainsFunc(s.certain(), func(f lint.Finding) bool { return f.Binding != nil }) { // s shows ports
		return keys + "a"
	}
	return keys + "sa"
}

// question names the answers.
func (s *state) question(answers string) string {
	if s.sameName() {
		return NameQuestion(answers)
	}
	if !s.portsOnly() {
		return questionOf(answers, "give them other values for this run (m), ", "write other values to .env (w), ")
	}
	return PortQuestion(answers)
}

// portsOnly reports whether nothing but ports is in the way.
func (s *state) portsOnly() bool {
	return !slices.ContainsFunc(s.certain(), func(f lint.Finding) bool { return f.Name != nil })
}

// NameQuestion asks what to do about a project name that another directory has, with the keys that are answers.
func NameQuestion(answers string) string {
	return questionOf(answers, "give this checkout a name and ports of its own for this run (m), ", "write them to .env (w), ")
}

// PortQuestion asks what to do about ports that are taken, with the keys that are answers.
func PortQuestion(answers string) string {
	return questionOf(answers, "move them for this run (m), ", "write other ports to .env (w), ")
}

func questionOf(answers, move, write string) string {
	text := ""
	for _, one := range [][2]string{{"m", move}, {"w", write}, {"r", "replace its containers (r), "}, {"s", "show who has them (s), "}} {
		if strings.Contains(answers, one[0]) {
			text += one[1]
		}
	}
	return text + "or abort (a)? "
}

// replaced looks again with --replace, and asks about what is in the way even so.
func (s *state) replaced(ctx context.Context, w run.Process, line *Line, keys *os.File) (*relocation, error) {
	again := *line
	again.replace, again.Options.Replace = true, true
	now, err := loadState(ctx, w, &again)
	if err != nil {
		return nil, err
	}
	if !now.blocked() {
		return &relocation{before: now, w: w, given: again, base: now, state: now, now: w, line: again}, nil
	}
	if err := now.print(w.Stdout); err != nil {
		return nil, err
	}
	if !now.movable(&again) {
		return nil, run.ErrFindings
	}
	return choose(ctx, w, &again, now, keys)
}

// oneKey asks, and waits for one of the keys that are answers; Enter, q and Ctrl-D are a. The terminal is as it was when it returns, a
// signal included. What was typed before the question is no answer; what is typed after the answer is left to the program
// that comes next.
func oneKey(ctx context.Context, keys *os.File, answers string, ask func()) (byte, error) {
	before, err := term.MakeRaw(int(keys.Fd()))
	if err != nil {
		return 0, fmt.Errorf("cannot read a key: %w", err)
	}
	defer func() { _ = term.Restore(int(keys.Fd()), before) }() // there is nobody to tell that could see it
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, handedOn()...)
	defer signal.Stop(signals)
	dropTyped(keys)
	ask() // not before: a key that comes at once would be shown by the terminal
	pressed := make(chan byte, 1)
	failed := make(chan error, 1)
	go readKey(keys, answers, pressed, failed)
	select {
	case key := <-pressed:
		if key == ctrlC {
			return 0, run.ErrInterrupt
		}
		return key, nil
	case err := <-failed:
		return 0, err
	case s := <-signals:
		return 0, run.ExitStatus(128 + signalNumber(s))
	case <-ctx.Done():
		return 0, run.ErrInterrupt
	}
}

const (
	ctrlC  = 3
	ctrlD  = 4
	escape = 27
)

// readKey reads bytes one by one until one is an answer. Arrows and the like begin with an escape and "[" or "O", and end with
// a letter.
func readKey(keys io.Reader, answers string, pressed chan<- byte, failed chan<- error) {
	inside, escaped := false, false
	for one := make([]byte, 1); ; escaped = one[0] == escape {
		if _, err := keys.Read(one); err != nil {
			if errors.Is(err, io.EOF) {
				pressed <- 'a'
			} else {
				failed <- fmt.Errorf("cannot read a key: %w", err)
			}
			return
		}
		switch key := one[0] | 0x20; { // a letter in lower case
		case one[0] == ctrlC:
			pressed <- ctrlC
			return
		case one[0] == escape:
			inside = false
		case escaped && (one[0] == '[' || one[0] == 'O'):
			inside = true
		case inside:
			inside = one[0] < '@'
		case one[0] == ctrlD || one[0] == '\r' || one[0] == '\n' || key == 'q':
			pressed <- 'a'
			return
		case strings.IndexByte(answers, key) >= 0 && one[0] >= 'A':
			pressed <- key
			return
		}
	}
}

// show says who has the ports that are in the way, as `portlint who` does.
func (s *state) show(ctx context.Context, w run.Process, line *Line) error {
	var ports []dockerapi.Port
	for _, f := range s.certain() {
		if b := f.Binding; b != nil {
			for port := range b.All() {
				if p := (dockerapi.Port{Number: port, Proto: b.Proto}); !slices.Contains(ports, p) {
					ports = append(ports, p)
				}
			}
		}
	}

	host, sources := run.AskPorts(ctx, w, line.globals, ports)
	uses := make([]lint.PortUse, len(ports))
	for i, p := range ports {
		uses[i] = host.Who(p.Number, p.Proto)
	}
	return report.Who(w.Stderr, report.Report{Version: w.Version, Dir: w.Dir, Sources: sources, NotChecked: host.Blind, Color: s.r.Color}, uses, "text")
}

// canAsk is the terminal that can be asked, nil when there is none or nobody is to be asked.
func canAsk(w run.Process, line *Line) *os.File {
	keys, ok := w.Stdin.(*os.File)
	if !ok || line.yes || !run.IsTerminal(keys) || !run.IsTerminal(w.Stderr) {
		return nil
	}
	return keys
}

// suggest prints the commands that would help, where nobody can be asked.
func suggest(w run.Process, words []string, line *Line, s *state) {
	at := scan(new(Line).before(), words, false).others[0] + 1
	program := []string{"portlint"}
	if w.Plugin {
		program = slices.Concat([]string{"docker"}, w.Typed, []string{"portlint"})
	}
	command := func(flag string) string {
		return lint.ShellLine(slices.Concat(program, words[:at], []string{flag}, words[at:]))
	}
	switch {
	case !s.sameName():
		what := "ports"
		if !s.portsOnly() {
			what = "values"
		}
		run.Logf(w.Stderr, "to give them other %s for this run: %s", what, command("--move"))
		if s.keepable(w) {
			run.Logf(w.Stderr, "to keep other %s in .env: %s", what, command("--write"))
		}
		return
	case s.renamable(line):
		assign := lint.ShellLine(slices.Concat(program, words[:at-1], []string{"assign", "--write"}))
		run.Logf(w.Stderr, "to give this checkout a name and ports of its own: %s; for this run: %s", assign, command("--move"))
	default:
		run.Logf(w.Stderr, "to start a second stack: give another name with -p")
	}

	run.Logf(w.Stderr, "to replace those containers: %s", command("--replace"))
}
