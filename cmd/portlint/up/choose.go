package up

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// choose carries out what somebody chooses of the offers, until nothing is in the way any more or it is given up.
func choose(ctx context.Context, w run.Process, line *Line, s *state, o offers, keys *os.File) (*relocation, error) {
	for o.any() {
		o.move.preview(ctx, w, line, s, false)
		o.keep.preview(ctx, w, line, s, true)
		key, err := o.ask(ctx, w, keys)
		if err != nil {
			return nil, err
		}

		var moved *relocation
		looksAnew := false
		switch key {
		case abort:
			return nil, run.ErrFindings
		case 's':
			err = s.show(ctx, w, line)
		case 'm', 'w':
			moved, err = o.moveAs(ctx, w, line, s, key == 'w')
		case 'r':
			replacing := *line
			replacing.replace, replacing.Options.Replace = true, true
			line, looksAnew = &replacing, true
		case 'f':
			looksAnew = true
			o.free(w, keys)
		}

		var ended run.ExitStatus
		switch {
		case moved != nil:
			return moved, nil
		case ctx.Err() != nil || errors.As(err, &ended):
			return nil, cmp.Or(err, ctx.Err())
		case err != nil:
			run.Logf(w.Stderr, "%v", err)
		case looksAnew:
			if s, err = loadState(ctx, w, line); err != nil {
				return nil, err
			}
			if !s.blocked() {
				return s.asItIs(w, line), nil
			}
			if err := s.print(w.Stdout); err != nil {
				return nil, err
			}
		}
		o = s.offers(ctx, w, line)
	}
	return nil, run.ErrFindings
}

// moveAs gives the values that were offered; nil where the machine has changed since.
func (o *offers) moveAs(ctx context.Context, w run.Process, line *Line, s *state, keep bool) (*relocation, error) {
	offered := o.move
	if keep {
		offered = o.keep
	}
	m, err := movePorts(ctx, w, line, s, keep)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(m.changes(), offered.changes) {
		run.Logf(w.Stderr, "the machine has changed while you were asked")
		return nil, nil //nolint:nilnil // what is offered now is another move
	}
	return m, nil
}

// free stops or removes the containers that are in the way.
func (o *offers) free(w run.Process, keys *os.File) {
	w.Stdout = w.Stderr // standard output is Compose's
	for _, stop := range o.stops {
		program, err := exec.LookPath(stop.Command[0])
		if err == nil {
			err = runChild(w, program, stop.Command, keys)
		}
		if err != nil {
			run.Logf(w.Stderr, "%s has failed: %v", lint.ShellLine(stop.Command), err)
			break
		}
	}
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
