package up

import (
	"cmp"
	"context"
	"fmt"
	"os/exec"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
)

// offers are all that could be done about what is in the way, found out from one look at the project and the machine.
type offers struct {
	move offeredMove // other values for this run
	keep offeredMove // other values that are kept in files

	replaced string          // whose containers --replace would make this checkout's own, "" where there are none
	stops    []lint.Stopping // how the containers give back all that is in the way
	noStops  string          // why they do not
	ports    bool            // there are ports in the way, whose owners can be shown

	nameStays error // why another name of the project would help and can't be given, nil for neither
}

// offeredMove is whether what is in the way can have other values, and which ones.
type offeredMove struct {
	whyNot  string   // "" where it can
	changes []string // as relocation.changes; a preview finds them, as it does the next one
	files   []string // in which values are kept
}

// offers finds out what helps, and not yet which values a move would give: that takes as long as to move.
func (s *state) offers(ctx context.Context, w run.Process, line *Line) offers {
	var o offers
	if s.sameName() {
		o.replaced = s.takenFrom(w, line)
	}
	o.stops, o.noStops = s.stops(line)
	o.ports = slices.ContainsFunc(s.certain(), func(f lint.Finding) bool { return f.Binding != nil })

	const noFile = "no file that can be written gives other values to all that is in the way"
	switch {
	case !s.movable(line):
		o.move.whyNot = "not all that is in the way can be given another value"
		o.keep.whyNot = o.move.whyNot
	case line.dryRun:
		o.keep.whyNot = "nothing is kept in files with --dry-run"
	case !s.keepable(w):
		o.keep.whyNot = noFile
	}

	if s.needsOtherName(true) == "" {
		return o
	}
	if why := s.keepsItsName(ctx, w, line); why != "" {
		o.keep.whyNot = cmp.Or(o.keep.whyNot, noFile)
		if implied := s.needsOtherName(false); implied != "" {
			o.nameStays = s.errKeepsName(implied, why)
		}
	}
	return o
}

// any reports whether anything helps.
func (o *offers) any() bool { return o.moves() || len(o.stops) > 0 }

// moves reports whether another value helps, of this checkout or of the other one that has the project's name.
func (o *offers) moves() bool { return o.move.whyNot == "" || o.replaced != "" }

// whyUnneeded says that there is nothing to change, "" where there is.
func whyUnneeded(changes []string) string {
	if len(changes) == 0 {
		return "no other values are needed any more: abort, and start again"
	}
	return ""
}

// suggest prints the commands that would help, where nobody can be asked.
func (o *offers) suggest(w run.Process, line *Line, s *state) {
	program := []string{"portlint"}
	if w.Plugin {
		program = slices.Concat([]string{"docker"}, w.Typed, []string{"portlint"})
	}
	before, up := line.words[:line.at], line.words[line.at:]
	command := func(flag string) string {
		return lint.ShellLine(slices.Concat(program, before, up[:1], []string{flag}, up[1:]))
	}
	switch {
	case o.nameStays != nil:
		run.Logf(w.Stderr, "%v", o.nameStays)
		return
	case o.replaced == "":
		what := "ports"
		if !s.portsOnly() {
			what = "values"
		}
		run.Logf(w.Stderr, "to give them other %s for this run: %s", what, command("--move"))
		if o.keep.whyNot == "" {
			run.Logf(w.Stderr, "to keep other %s in .env: %s", what, command("--write"))
		}
		return
	case s.renamable(line):
		assign := lint.ShellLine(slices.Concat(program, before, []string{"assign", "--write"}))
		run.Logf(w.Stderr, "to give this checkout a name and ports of its own: %s; for this run: %s", assign, command("--move"))
	default:
		run.Logf(w.Stderr, "to start a second stack: give another name with -p")
	}

	run.Logf(w.Stderr, "to replace those containers: %s", command("--replace"))
}

// movable reports whether other host ports can be given to everything that is in the way for certain. Nothing is written
// for a line that Compose may refuse.
func (s *state) movable(line *Line) bool {
	return line.refusal == "" && !slices.ContainsFunc(s.certain(), func(f lint.Finding) bool {
		if isSameName(f) {
			return !s.renamable(line)
		}
		_, ok := s.itemOf(f)
		return !ok && !s.movesText(f) && !(isImplied(f) && s.renamable(line))
	})
}

// keepable reports whether values in an env file can do that.
func (s *state) keepable(w run.Process) bool {
	return s.project.EnvFile != "" && !slices.ContainsFunc(s.certain(), func(f lint.Finding) bool {
		if isSameName(f) || isImplied(f) {
			_, set := w.Env[freeport.ProjectNameVar]
			return set || edit.Writable(s.project.EnvFile) != nil
		}
		if f.Name != nil {
			return !s.keepsText(f, func(file string) bool { return edit.Writable(file) == nil })
		}
		it, ok := s.itemOf(f)
		return !ok || it.Head().From.Kind == lint.FromShell || edit.Writable(cmp.Or(it.Head().From.File, s.project.EnvFile)) != nil
	})
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
