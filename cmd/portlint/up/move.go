package up

import (
	"cmp"
	"context"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
)

// relocation gives what is in the way of an `up` other values, in rounds: it decides about what one reading of the project
// finds in the way (decide.go), and reads the project again, exactly as Compose will (readings.go), until nothing is in
// the way any more. Nothing is written before commit.
type relocation struct {
	before *state // as given, as the next two are
	w      run.Process
	given  Line

	name string // the project's name for this run, "" for that of the files
	plan relocate.Plan

	unmoved *state // with the name and the rewritten files, and no value of the plan; nil: to be read
	base    *state // with the variables that were decided, and not yet with what is fixed
	state   *state // with all that was decided, as the next two are
	now     run.Process
	line    Line

	picker   *freeport.Picker
	env      *relocate.EnvFiles // where values are kept; nil: they are for this run
	override relocate.Override
	reported []string // what was rewritten
}

// maxRounds bounds the readings: a port that was moved may meet another one, and a variable may turn out to be no help.
const maxRounds = 8

const errStill = freeport.Unmovable("no other host ports were found with which everything starts")

// movePorts plans other host ports for what keeps s from starting, for this run or to be kept in env files. Nothing is
// written yet, see relocation.commit.
func movePorts(ctx context.Context, w run.Process, line *Line, s *state, keep bool) (*relocation, error) {
	m := &relocation{before: s, w: w, given: *line, unmoved: s, base: s, state: s, now: w, line: *line}
	var err error
	if keep && !line.dryRun { // which changes nothing
		if m.env, err = relocate.NewEnvFiles(w, s.project); err != nil {
			return nil, err
		}
	}
	if err = m.rename(ctx); err != nil {
		return nil, err
	}
	if m.picker, err = freeport.NewPicker(ctx, w, m.base.project, m.base.host); err != nil {
		return nil, err
	}
	m.picker.Named = line.globals.ProjectName != ""
	for _, p := range line.lost {
		m.picker.Avoid(lint.PortsFrom(p.Number, 1), "the engine has refused it just now")
	}
	if m.env == nil && m.resume() {
		err = m.readAgain(ctx)
	}

	for range maxRounds {
		switch {
		case err == nil && !m.state.blocked() && m.env != nil:
			return m, m.env.Writable(w)
		case err != nil || !m.state.blocked():
			return m, err
		}
		if err = m.decide(ctx); err == nil {
			err = m.readAgain(ctx)
		}
	}

	return nil, cmp.Or(err, error(errStill))
}

// movable reports whether other host ports can be given to everything that is in the way for certain. Nothing is written
// for a line that Compose may refuse.
func (s *state) movable(line *Line) bool {
	return line.refusal == "" && !slices.ContainsFunc(s.certain(), func(f lint.Finding) bool {
		if isSameName(f) {
			return !s.renamable(line)
		}
		_, ok := s.itemOf(f)
		return !ok
	})
}

// keepable reports whether values in an env file can do that.
func (s *state) keepable(w run.Process) bool {
	return s.project.EnvFile != "" && !slices.ContainsFunc(s.certain(), func(f lint.Finding) bool {
		if isSameName(f) {
			_, set := w.Env[freeport.ProjectNameVar]
			return set || edit.Writable(s.project.EnvFile) != nil
		}
		it, ok := s.itemOf(f)
		return !ok || it.Head().From.Kind == lint.FromShell || edit.Writable(cmp.Or(it.Head().From.File, s.project.EnvFile)) != nil
	})
}

// itemOf is the item of the files that a finding is about: a port that only a stopped container asks for is in no file.
func (s *state) itemOf(f lint.Finding) (lint.Item, bool) {
	if f.Binding == nil || f.Rule == "unusable-ports" || len(s.project.Defects) > 0 {
		return lint.Item{}, false
	}
	service := s.project.Service(f.Binding.Service)
	if service == nil {
		return lint.Item{}, false
	}
	it := service.Item(f.Binding)
	for i := range service.Bindings {
		if it.Written() && slices.Contains(it.Bindings, &service.Bindings[i]) {
			return it, true
		}
	}
	return lint.Item{}, false
}
