package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/portlint/portlint/lint"
)

// fixFlags are the flags of check that change files.
type fixFlags struct {
	fix       bool
	unsafe    bool
	conflicts bool
	diff      bool
}

func (o *fixFlags) register(f *pflag.FlagSet) {
	f.BoolVar(&o.fix, "fix", false, "apply the safe fixes of all rules that are not off: Compose loads the same project")
	f.BoolVar(&o.unsafe, "unsafe-fixes", false, "with --fix: also apply those that move a port")
	f.BoolVar(&o.conflicts, "fix-conflicts", false, "only give what is in conflict another port, name or subnet; --diff works as with --fix")
	f.BoolVar(&o.diff, "diff", false, "with --fix: write nothing, print a diff for git apply; exit 1 when there is one")
}

// changes reports whether files are to be changed.
func (o *fixFlags) changes() bool { return o.fix || o.conflicts }

// name is the flag that was given for that.
func (o *fixFlags) name() string {
	if o.conflicts {
		return "--fix-conflicts"
	}
	return "--fix"
}

// check refuses flags that mean nothing without --fix, and a report in the middle of a diff.
func (o *fixFlags) check(outputs []output) error {
	switch {
	case o.conflicts && (o.fix || o.unsafe):
		return errors.New("--fix-conflicts goes without --fix and --unsafe-fixes: it applies the fixes of conflicts, and no others")
	case o.unsafe && !o.fix:
		return errors.New("--unsafe-fixes goes with --fix")
	case o.diff && !o.changes():
		return errors.New("--diff goes with --fix or --fix-conflicts")
	}
	for _, out := range outputs {
		if o.diff && out.file == "" && !out.byDefault {
			return fmt.Errorf("--diff and --format %s can't share standard output; give the format a file, as in --format %s=FILE",
				out.format, out.format)
		}
	}
	return nil
}

// most is how much a fix may change.
func (o *fixFlags) most() lint.Safety {
	if o.unsafe || o.conflicts {
		return lint.Unsafe
	}
	return lint.Safe
}

// selects reports whether the fixes of a finding are asked for.
func (o *fixFlags) selects(f lint.Finding) bool { return !o.conflicts || f.InConflict() }
