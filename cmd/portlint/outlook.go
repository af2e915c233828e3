package main

import (
	"context"
	"time"

	"github.com/portlint/portlint/lint"
)

// outlook is what a run knows: the projects, their settings, one machine, and what the rules say of all that.
type outlook struct {
	context  string // that names the engine, "" where one is asked
	all      loaded
	settings *settingsFor
	up       lint.UpOptions // what is asked about
	host     *lint.Host     // nil where nothing was asked of the machine
	owned    ownership
	found    decision
	distant  map[uint16]string // ports that somebody has on the other machines that are asked
	before   suggestions       // for the machines that were asked about before
	taken    map[uint16]string // ports that no suggestion takes, with who has them
	took     time.Duration     // by the rules
}

// runOn asks one machine about the projects, in static none, and applies the rules.
func runOn(ctx context.Context, all loaded, sf *settingsFor, up lint.UpOptions, static bool) (outlook, error) {
	o := outlook{all: all, settings: sf, up: up}
	if !static {
		o.host = o.all.lookAround(ctx, up)
	}
	return o, o.judge(ctx)
}

// judge applies the rules to what was seen.
func (o *outlook) judge(ctx context.Context) error {
	if o.up.Stack && o.host != nil {
		o.host.NeedSwarm()
	}
	started := time.Now()

	var err error
	if o.owned, err = own(o.all, o.settings); err != nil {
		return err
	}
	o.settle(ctx)
	o.took = time.Since(started)
	return nil
}
