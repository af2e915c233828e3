package up

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// choose asks on the terminal what to do about what is in the way, until it is done or given up.
func choose(ctx context.Context, w run.Process, line *Line, s *state, keys *os.File) (*relocation, error) {
	for {
		o := s.offer(ctx, w, line)
		key, err := o.choose(ctx, w, keys)
		if err != nil {
			return nil, err
		}

		switch key {
		case abort:
			return nil, run.ErrFindings
		case 's':
			err = s.show(ctx, w, line)
		case 'r':
			return s.replaced(ctx, w, line, keys)
		case 'f':
			var now *state
			if now, err = o.free(ctx, w, line, keys); now == nil {
				break
			}
			if !now.blocked() {
				return now.asItIs(w, line), nil
			}
			s = now
			err = s.print(w.Stdout)
		default:
			var m *relocation
			if m, err = movePorts(ctx, w, line, s, key == 'w'); err == nil && m.summary() == o.planned[key] {
				return m, nil
			}
			if err == nil {
				run.Logf(w.Stderr, "the machine has changed while you were asked")
			}
		}

		var ended run.ExitStatus
		if ctx.Err() != nil || errors.As(err, &ended) {
			return nil, err
		}
		if err != nil {
			run.Logf(w.Stderr, "%v", err)
		}
	}
}

// replaced looks again with --replace, and asks about what is in the way even so.
func (s *state) replaced(ctx context.Context, w run.Process, line *Line, keys *os.File) (*relocation, error) {
	replacing := *line
	replacing.replace, replacing.Options.Replace = true, true
	now, err := loadState(ctx, w, &replacing)
	if err != nil {
		return nil, err
	}
	if !now.blocked() {
		return now.asItIs(w, &replacing), nil
	}

	if err := now.print(w.Stdout); err != nil {
		return nil, err
	}
	if !now.askable(&replacing) {
		return nil, run.ErrFindings
	}
	return choose(ctx, w, &replacing, now, keys)
}

// asItIs is a relocation that moves nothing.
func (s *state) asItIs(w run.Process, line *Line) *relocation {
	return &relocation{before: s, w: w, typed: *line, base: s, state: s, now: w, line: *line}
}

// offer is what somebody is asked to choose from.
type offer struct {
	choices []choice
	planned map[byte]string // what a key gives other values, as relocation.summary
	useless map[byte]string // why a key is left out
	stops   []lint.Stopping
}

// choice is a key, and what it does, in words that stay whole.
type choice struct {
	key  byte
	does []string
}

// offer finds out which keys help, and what each would do. Nothing is written or recorded for that.
func (s *state) offer(ctx context.Context, w run.Process, line *Line) offer {
	o := offer{planned: map[byte]string{}, useless: map[byte]string{}}
	switch {
	case !s.movable(line):
		o.useless['m'] = "not all that is in the way can be given another value"
		o.useless['w'] = o.useless['m']
	case line.dryRun:
		o.move(ctx, w, line, s, 'm')
		o.useless['w'] = "nothing is kept in files with --dry-run"
	case !s.keepable(ctx, w, line):
		o.move(ctx, w, line, s, 'm')
		o.useless['w'] = "no file that can be written gives other values to all that is in the way"
	default:
		o.move(ctx, w, line, s, 'm')
		o.move(ctx, w, line, s, 'w')
	}

	if s.sameName() {
		o.add('r', strings.Fields("replace the containers of "+s.takenFrom(w, line))...)
	} else {
		o.useless['r'] = "r replaces containers of another checkout that has this project's name: there are none"
	}

	if o.stops, o.useless['f'] = s.stops(line); len(o.stops) > 0 {
		var short []string
		for _, stop := range o.stops {
			short = append(short, run.Escape(stop.Short))
		}
		o.add('f', listed(short)...)
	}

	if slices.ContainsFunc(s.certain(), func(f lint.Finding) bool { return f.Binding != nil }) { // s shows ports
		o.add('s', "show", "who", "has", "them")
	} else {
		o.useless['s'] = "s shows who has ports: none of them is in the way"
	}
	o.add(abort, "abort")
	return o
}

func (o *offer) add(key byte, does ...string) { o.choices = append(o.choices, choice{key, does}) }

// move adds a key that gives other values, for this run or to be kept.
func (o *offer) move(ctx context.Context, w run.Process, line *Line, s *state, key byte) {
	m, err := preview(ctx, w, line, s, key == 'w')
	if err != nil {
		o.useless[key] = err.Error()
		return
	}

	var files []string
	if key == 'w' {
		for _, file := range m.env.Files() {
			files = append(files, run.Escape(run.Relative(w.Dir, file)))
		}
	}
	o.addMove(key, m.changes(), files)
}

// addMove adds a key that makes changes, for this run or kept in files, unless there are none.
func (o *offer) addMove(key byte, changes, files []string) {
	if len(changes) == 0 {
		o.useless[key] = "no other values are needed any more: abort, and start again"
		return
	}

	o.planned[key] = strings.Join(changes, ", ")
	does := listed(changes)
	if key == 'm' {
		o.add(key, append(does, "for", "this", "run")...)
		return
	}
	if forRun, planned := o.planned['m']; planned && forRun == o.planned['w'] {
		does = []string{"the", "same"}
	}
	does[len(does)-1] += ","
	o.add(key, append(append(does, "kept", "in"), strings.Fields(lint.AndList(files))...)...)
}

// summary is all that a relocation changes.
func (m *relocation) summary() string { return strings.Join(m.changes(), ", ") }

// listed puts commas behind the items of a list but the last.
func listed(items []string) []string {
	out := slices.Clone(items)
	for i := range out[:max(0, len(out)-1)] {
		out[i] += ","
	}
	return out
}

// takenFrom names whose containers --replace would make this checkout's own.
func (s *state) takenFrom(w run.Process, line *Line) string {
	asked := line.Options
	asked.Replace = true
	var dirs []string
	for _, c := range s.plan.Takeovers(s.host, asked) {
		if c.DirState != lint.DirGone {
			dirs = append(dirs, run.Escape(run.Relative(w.Dir, c.WorkingDir)))
		}
	}
	if len(dirs) == 0 {
		return "the other checkout"
	}
	return lint.AndList(dirs)
}

// stops are how the containers give back what is in the way, none where that would not free all of it, and why.
func (s *state) stops(line *Line) (all []lint.Stopping, whyNone string) {
	if line.dryRun {
		return nil, "nothing is stopped with --dry-run"
	}
	all, whyNone = stopsOf(s.plan, s.certain())
	for _, stop := range all {
		if _, err := exec.LookPath(stop.Command[0]); err != nil {
			return nil, fmt.Sprintf("f needs the program %s, which is not found", stop.Command[0])
		}
	}
	return all, whyNone
}

// stopsOf are the stops of what findings are about. A container that has a name is removed, and its ports go with it.
func stopsOf(plan lint.Plan, found []lint.Finding) (all []lint.Stopping, whyNone string) {
	removed := map[*lint.Container]bool{}
	for _, f := range found {
		switch held := f.Rule == "port-in-use" || f.Rule == "name-in-use"; {
		case isSameName(f):
			return nil, "f does not stop the containers of another checkout: r replaces them"
		case !held || f.Owner == nil || f.Owner.Container == nil:
			return nil, "f stops containers only: " + f.Message
		}
		removed[f.Owner.Container] = removed[f.Owner.Container] || f.Rule == "name-in-use"
	}

	for _, f := range found {
		c := f.Owner.Container
		stop := plan.Stop(c)
		if removed[c] {
			stop = plan.Remove(c)
		}
		if stop.Short == "" {
			return nil, "f stops containers of this engine only: " + f.Message
		}
		if !slices.ContainsFunc(all, func(known lint.Stopping) bool { return slices.Equal(known.Command, stop.Command) }) {
			all = append(all, stop)
		}
	}
	return all, ""
}

// askable reports whether there is anything to ask but whether to give up.
func (s *state) askable(line *Line) bool {
	stops, _ := s.stops(line)
	return s.movable(line) || s.sameName() || len(stops) > 0
}

// mostColumns is how wide the choices are, on a terminal that is no narrower.
const mostColumns = 80

// choose asks until one of the keys is pressed.
func (o *offer) choose(ctx context.Context, w run.Process, keys *os.File) (byte, error) {
	columns := mostColumns
	if width := run.Width(w.Stderr); width > 0 {
		columns = min(columns, width)
	}
	question := o.lines(columns) + o.question()
	for {
		key, err := oneKey(ctx, keys, w.Stderr, question)
		if err != nil {
			fmt.Fprintln(w.Stderr)
			return 0, err
		}

		pressed := ""
		if key != noLetter {
			pressed = string(key)
		}
		fmt.Fprintln(w.Stderr, pressed)
		if slices.ContainsFunc(o.choices, func(c choice) bool { return c.key == key }) {
			return key, nil
		}
		run.Logf(w.Stderr, "%s", o.refuses(key))
		question = o.question()
	}
}

// lines say what each key does.
func (o *offer) lines(columns int) string {
	var b strings.Builder
	for _, c := range o.choices {
		run.Fill(&b, "  "+string(c.key)+"  ", c.does, columns)
	}
	return b.String()
}

// question names the keys.
func (o *offer) question() string {
	var keys []string
	for _, c := range o.choices {
		keys = append(keys, string(c.key))
	}
	return "what now (" + strings.Join(keys, ", ") + ")? "
}

// refuses says of a key that it is no answer.
func (o *offer) refuses(key byte) string {
	switch {
	case o.useless[key] != "":
		return o.useless[key]
	case key == noLetter:
		return "that key is no answer: press one of the letters, or Escape to abort"
	}
	return strconv.Quote(string(key)) + " is no answer: press one of the letters, or Escape to abort"
}

// free stops or removes the containers that are in the way once somebody has said yes to the commands, and looks again; nil where nothing was
// to be stopped after all.
func (o *offer) free(ctx context.Context, w run.Process, line *Line, keys *os.File) (*state, error) {
	var question strings.Builder
	for _, stop := range o.stops {
		question.WriteString("  " + run.Escape(lint.ShellLine(stop.Command)) + "\n")
	}
	question.WriteString("run this (y or n)? ")
	key, err := oneKey(ctx, keys, w.Stderr, question.String())
	if err != nil {
		fmt.Fprintln(w.Stderr)
		return nil, err
	}
	if key != 'y' {
		fmt.Fprintln(w.Stderr, "n")
		return nil, nil
	}

	fmt.Fprintln(w.Stderr, "y")
	said := w
	said.Stdout = w.Stderr // standard output is Compose's
	for _, stop := range o.stops {
		if err := o.stop(said, stop, keys); err != nil {
			run.Logf(w.Stderr, "%s has failed: %v", lint.ShellLine(stop.Command), err)
			break
		}
	}
	return loadState(ctx, w, line)
}

// stop runs the command of one stop.
func (o *offer) stop(w run.Process, stop lint.Stopping, keys *os.File) error {
	program, err := exec.LookPath(stop.Command[0])
	if err != nil {
		return err
	}
	return runChild(w, program, stop.Command, keys)
}

// portsOnly reports whether nothing but ports is in the way.
func (s *state) portsOnly() bool {
	return !slices.ContainsFunc(s.certain(), func(f lint.Finding) bool { return f.Name != nil })
}

// show says who has the ports that are in the way, as `portlint who` does, and who has the names and subnets.
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
	err := report.Who(w.Stderr, report.Report{Asked: w.Now(), Version: w.Version, Dir: w.Dir, Sources: sources, NotChecked: host.Blind, Color: s.r.Color, Width: run.Width(w.Stderr)}, uses, "text")
	if err == nil {
		_, err = io.WriteString(w.Stderr, heldNames(s.certain()))
	}
	return err
}

// heldNames says who has what is in the way and no port.
func heldNames(found []lint.Finding) string {
	var b strings.Builder
	for _, f := range found {
		if f.Binding != nil {
			continue
		}
		for _, n := range f.Notes {
			if n.Label == lint.NoteHeldBy {
				fmt.Fprintf(&b, "\n%s\n  held by: %s\n", run.Escape(f.Message), run.Escape(n.Text))
			}
		}
	}
	return b.String()
}

// canAsk is the terminal that can be asked, nil when there is none or nobody is to be asked.
func canAsk(w run.Process, line *Line) *os.File {
	keys, ok := w.Stdin.(*os.File)
	onTerminal := ok && run.IsTerminal(keys) && run.IsTerminal(w.Stderr)
	if line.yes || !onTerminal {
		return nil
	}
	return keys
}

// suggest prints the commands that would help, where nobody can be asked.
func suggest(ctx context.Context, w run.Process, words []string, line *Line, s *state) {
	at := scan(new(Line).before(), words, false).others[0] + 1
	program := []string{"portlint"}
	if w.Plugin {
		program = slices.Concat([]string{"docker"}, w.Typed, []string{"portlint"})
	}
	command := func(flag string) string {
		return lint.ShellLine(slices.Concat(program, words[:at], []string{flag}, words[at:]))
	}
	implied, why := s.needsOtherName(false), ""
	if implied != "" {
		why = s.keepsItsName(ctx, w, line)
	}
	switch {
	case why != "":
		run.Logf(w.Stderr, "%v", s.errKeepsName(implied, why))
		return
	case !s.sameName():
		what := "ports"
		if !s.portsOnly() {
			what = "values"
		}
		run.Logf(w.Stderr, "to give them other %s for this run: %s", what, command("--move"))
		if s.keepable(ctx, w, line) {
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
