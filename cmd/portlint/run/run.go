// Package run is what one run of portlint knows: the process that it is, the flags and settings, the projects that it read, the
// machines that it asked, and what the rules say of all that. A command starts with Load, goes on with OnEachMachine, and prints
// what the Runs hold.
package run

import (
	"context"
	"time"

	"github.com/portlint/portlint/lint"
)

// Run is what a run knows: the projects, their settings, one machine, and what the rules say of all that.
type Run struct {
	Context        string // that names the engine, "" where one is asked
	Projects       Projects
	Settings       *SettingsFinder
	Up             lint.UpOptions // what is asked about
	Host           *lint.Host     // nil where nothing was asked of the machine
	SettingsByFile SettingsByFile
	Results        Results
	second         map[*lint.Project]*lint.SecondCheckout // nil where nobody asks about second checkouts
	distant        map[uint16]string                      // ports that somebody has on the other machines that are asked
	before         suggestions                            // for the machines that were asked about before
	applied        int                                    // how often the rules were, see VerifySuggestions
	Taken          map[uint16]string                      // ports that no suggestion takes, with who has them
	Took           time.Duration                          // by the rules
}

// Once asks one machine about the projects, in static none, and applies the rules.
func Once(ctx context.Context, all Projects, sf *SettingsFinder, up lint.UpOptions, static bool) (Run, error) {
	r := Run{Projects: all, Settings: sf, Up: up}
	if !static {
		r.Host = r.Projects.ProbeMachine(ctx, up)
	}
	return r, r.applyRules(ctx)
}

// applyRules applies the rules to what was seen.
func (r *Run) applyRules(ctx context.Context) error {
	if r.Up.Stack && r.Host != nil {
		r.Host.NeedSwarm()
	}
	started := time.Now()

	var err error
	if r.SettingsByFile, err = NewSettingsByFile(r.Projects, r.Settings); err != nil {
		return err
	}
	if err := r.readSecond(ctx); err != nil {
		return err
	}
	r.VerifySuggestions(ctx)
	r.Took = time.Since(started)
	return nil
}

// readSecond reads the second checkout of each project, where somebody asks about that.
func (r *Run) readSecond(ctx context.Context) error {
	if r.Projects.Second == nil {
		return nil
	}
	r.second = map[*lint.Project]*lint.SecondCheckout{}
	for _, p := range r.Projects.All {
		second, err := r.Projects.Second(ctx, p, r.Projects.Options[p.Project], r.Host)
		if err != nil {
			return err
		}
		r.second[p.Project] = &second
	}
	return nil
}

// VerdictTwice answers for the projects and a second checkout of each.
func (r *Run) VerdictTwice() lint.Verdict {
	return lint.VerdictTwice(r.Projects.Models(), r.Host, r.Up, r.Projects.Blind(), r.second)
}
