package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// checkFlags are the flags of check, as given.
type checkFlags struct {
	static  bool
	stack   bool
	twice   bool
	require []string
	formats []string
	level   string
	failOn  string
	rules   []string
	fixFlags
	color   string
	quiet   bool
	verbose bool
}

func (o *checkFlags) register(f *pflag.FlagSet) {
	f.BoolVar(&o.static, "static", false, "only what the files say: no process environment, no engine, no sockets;\n"+
		"inside a repository, no file outside of it unless the command line names it")
	f.BoolVar(&o.stack, "stack", false, "ask about docker stack deploy, to the swarm of the engine; -p names the stack")
	f.BoolVar(&o.twice, "twice", false, "also ask about a second checkout, as portlint assign would let it be: whether it\n"+
		"runs beside this one, what keeps it from that, and what both share")
	f.StringSliceVar(&o.require, "require", nil, "`PROBE` that must be asked, else exit 2: engine, sockets")
	f.StringArrayVar(&o.formats, "format", nil,
		"output `NAME[=FILE]`, repeatable: text, table, json, sarif, github, gitlab, junit, rdjson\n"+
			"(default for standard output: text, and github where GITHUB_ACTIONS=true)")
	f.StringVar(&o.level, "level", "", "lowest `SEVERITY` shown: error, warning, info (default warning);\n"+
		"what --fail-on counts is always shown")
	f.StringVar(&o.failOn, "fail-on", "",
		"lowest `SEVERITY` that makes exit 1: error, warning, info, never (default error)")
	f.StringArrayVar(&o.rules, "rule", nil, "severity of a rule, `NAME=SEVERITY`, repeatable: off, info, warning, error")
	o.fixFlags.register(f)
	f.StringVar(&o.color, "color", "auto", "`WHEN` to use color: auto, always, never")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "only findings and what was not checked")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "also what was looked at and how long it took")
}

func newCheck(w run.Process, g *run.Flags) *cobra.Command {
	var o checkFlags
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Find host ports and names that docker compose up will not get (the default command)",
		Long: "Find host ports, and names that an engine has once, that docker compose up will\nnot get.\n\n" +
			"Without PATH: the project that Compose itself would find from here. With files: every\n" +
			"project of their repository that reads one. With directories: every project below them.\n\n" +
			"The engine and the sockets of its machine are asked who has the ports now. What can't be asked\n" +
			"is said, and never taken for free.\n\n" +
			"With --fix, fixes are applied first: each is proved by reading the project again, and all\n" +
			"files are written or none. What remains is then reported as without --fix.\n\n" +
			"Exit code 0: nothing at or above --fail-on. 1: findings; with --diff also: there is a diff. 2: could not do\n" +
			"what was asked.",
		Example: "  portlint check                            the project here, on this machine, now\n" +
			"  portlint check --static                   what its files say, the same on every machine\n" +
			"  portlint check --static .                 the same for every project below\n" +
			"  portlint check --fix                      apply the safe fixes: the project stays the same\n" +
			"  portlint check --fix --unsafe-fixes --diff | git apply\n" +
			"  portlint check --fix-conflicts            another port for what is in conflict, no more\n" +
			"  portlint check --static --twice           may the repository be up twice?\n" +
			"  portlint check --format json              for scripts\n" +
			"  portlint check --context a --context b    on several machines at once\n" +
			"  portlint check --rule fixed-port=warning  a rule that counts for more",
		RunE: func(cmd *cobra.Command, args []string) error { return check(cmd.Context(), w, *g, o, args) },
	}

	o.register(cmd.Flags())
	return cmd
}

// checkPlan are the flags of check, understood.
type checkPlan struct {
	static  bool
	stack   bool
	twice   bool
	require []string
	outputs []output
	flags   run.Overrides
	fixFlags
	color   bool
	quiet   bool
	verbose bool
}

func (o *checkFlags) plan(w run.Process) (checkPlan, error) {
	p := checkPlan{static: o.static, stack: o.stack, twice: o.twice, require: o.require, quiet: o.quiet, verbose: o.verbose, fixFlags: o.fixFlags}
	if o.quiet && o.verbose {
		return p, errors.New("--quiet and --verbose exclude each other")
	}
	if o.stack && o.changes() {
		return p, fmt.Errorf("%s is proved for docker compose up alone; make the change that \"check --stack\" shows at each finding by hand", o.name())
	}
	if o.stack && o.twice {
		return p, errors.New("--twice asks about docker compose up, and --stack about docker stack deploy")
	}
	if err := required(o.require); err != nil {
		return p, err
	}
	var err error
	if p.outputs, err = parseOutputs(o.formats, w); err != nil {
		return p, err
	}
	if p.color, err = run.UseColor(o.color, w); err != nil {
		return p, err
	}
	if err := o.fixFlags.check(p.outputs); err != nil {
		return p, err
	}
	p.flags, err = run.NewOverrides(o.rules, o.level, o.failOn)
	return p, err
}

// required checks the names of the probes that must be asked.
func required(names []string) error {
	for _, name := range names {
		if !slices.Contains([]string{"engine", "sockets"}, name) {
			return fmt.Errorf("--require: unknown probe %q, expected engine or sockets", name)
		}
	}
	return nil
}
