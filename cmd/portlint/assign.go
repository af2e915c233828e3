package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
	"github.com/portlint/portlint/lint/report"
)

// assignFlags are the flags of assign, as given.
type assignFlags struct {
	format  string
	write   bool
	verbose bool
}

func newAssign(w run.Process, g *run.Flags) *cobra.Command {
	var o assignFlags
	cmd := &cobra.Command{
		Use:   "assign",
		Short: "Give every port, name and subnet variable a value of its own",
		Long: "Give every variable that gives a host port, a container name or a subnet a\n" +
			"value of this checkout's own: free, the same every day, and not that of any\n" +
			"other checkout or project that portlint knows on this machine. Two git\n" +
			"worktrees, or 40, can then be up at once.\n\n" +
			"What works today stays: a value in .env or the environment, what assign gave\n" +
			"before, and the default of the first working tree. A worktree made by\n" +
			"`git worktree add` gets ports as portlint free picks them, names with that of\n" +
			"its directory, and subnets of the same size that overlap with nothing in sight.\n" +
			"A checkout whose project name another one has gets a COMPOSE_PROJECT_NAME too.\n\n" +
			"Without --write nobody else is given the values for an hour; with it as long as\nthe checkout is there.",
		Example: "  portlint assign                                      WEB_PORT=23417\n" +
			"  portlint assign --write && docker compose up -d      keep it in .env\n" +
			"  eval \"$(portlint assign --format shell)\"\n" +
			"  portlint assign --format github >> \"$GITHUB_ENV\"     in a workflow",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return assign(cmd.Context(), w, *g, o) },
	}

	f := cmd.Flags()
	f.StringVar(&o.format, "format", "env", "output `NAME`: env, shell, json, github")
	f.BoolVar(&o.write, "write", false, "keep the values in .env, between two comments of portlint's")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "say why a value changes, which ports were passed over, and why")
	return cmd
}

// assignFormats are the formats of assign.
var assignFormats = []string{"env", "shell", "json", "github"}

func assign(ctx context.Context, w run.Process, g run.Flags, o assignFlags) error {
	if err := oneOf("format", assignFormats)(nil, []string{o.format}); err != nil {
		return err
	}
	base, err := g.Options(w, false)
	if err != nil {
		return err
	}
	if slices.Contains(g.Files, "-") {
		return errors.New("assign reads the project several times: it can't be on standard input")
	}
	s := assigning{Process: w, globals: g, flags: o}
	if s.Checkout, err = relocate.ReadCheckout(ctx, w, base); err != nil {
		return err
	}
	s.logStaying()
	if err := s.choose(ctx); err != nil {
		return err
	}
	if o.write {
		if err := s.keep(); err != nil {
			return err
		}
	}

	var out bytes.Buffer
	if err := s.print(&out); err != nil {
		return err
	}
	_, err = w.Stdout.Write(out.Bytes())
	return err
}

// assigning is one run of assign.
type assigning struct {
	run.Process
	globals run.Flags
	flags   assignFlags
	*relocate.Checkout
	blind []lint.Blind // what could not be looked at
	freeport.Assignment
}

// logStaying says which values no variable can change, and which variables keep theirs.
func (s *assigning) logStaying() {
	for _, v := range s.Staying {
		run.Logf(s.Stderr, "%s stays as it is: %s", v.Variable, v.Why)
	}

	if n := s.FixedPorts; n > 0 {
		run.Logf(s.Stderr, "%s written as %s: the same in every checkout; `portlint check --fix` puts variables in their places",
			pluralIs(n, "host port"), plural(n, "a number", "numbers"))
	}
	if n := s.FixedTexts; n > 0 {
		run.Logf(s.Stderr, "%d %s written without a variable of %s own: the same in every checkout; `portlint check --fix` puts variables in their places",
			n, plural(n, "container name or subnet is", "container names and subnets are"), plural(n, "its", "their"))
	}
	if s.FixedPorts+s.FixedTexts == 0 && !s.HasVariables() {
		run.Logf(s.Stderr, "the project publishes no host port that a variable gives")
	}
}

// choose looks around and gives the values.
func (s *assigning) choose(ctx context.Context) error {
	project := s.Loaded.Project
	host := dockerapi.Look(ctx, s.globals.Engine(s.Process, project.Name))
	if ctx.Err() != nil {
		return run.ErrInterrupt
	}
	all := run.NoProjects(s.Process, s.globals)
	all.All = []compose.Loaded{s.Loaded}
	all.PlaceContainers(ctx, &host)

	p, err := freeport.NewPicker(ctx, s.Process, project, &host)
	if err != nil {
		return err
	}
	p.Named, p.Unwritten = s.globals.ProjectName != "", !s.flags.write
	p.WarnBlind()
	s.blind = p.Blind
	if s.Assignment, err = s.Checkout.Assign(ctx, p, &host); err != nil {
		if s.flags.verbose {
			p.ExplainNone(err)
		}
		return err
	}

	s.explain(p)
	return nil
}

// explain says what changes for somebody who gave a value, and the rest to who wants to know.
func (s *assigning) explain(p *freeport.Picker) {
	if s.Why != "" && (s.flags.verbose || s.Loaded.Defaults[freeport.ProjectNameVar] != "") {
		run.Logf(s.Stderr, "the project is %q now: %q is taken, %s", s.Name, s.Loaded.Project.Label(), s.Why)
	}

	for _, a := range s.Assignment.Vars {
		setByHand := a.Origin().Kind == lint.FromEnvFile || a.Origin().Kind == lint.FromShell
		moved := a.Moved != "" && a.To != a.First
		if moved && (s.flags.verbose || setByHand) {
			run.Logf(s.Stderr, "%s is %s now: %s", a.Name, a.Value(), a.Moved)
		}
		if s.flags.verbose {
			p.Explain(a.Name, pick.Result{First: a.To, Skips: a.Skips})
		}
		if a.To != a.First {
			relocate.LogUsedElsewhere(s.Process, s.Loaded.Project, s.Loaded.Sources, a.Name)
		}
		if a.Origin().Kind == lint.FromShell && s.flags.write && a.To != a.First {
			run.Logf(s.Stderr, "%s is set in the environment too, which beats .env: unset it", a.Name)
		}
	}
	s.explainTexts()
}

// explainTexts does that for names and subnets.
func (s *assigning) explainTexts() {
	for _, a := range s.Assignment.Texts {
		if !a.Changed() {
			continue
		}
		isSet := a.Origin().Kind == lint.FromEnvFile || a.Origin().Kind == lint.FromShell
		if s.flags.verbose || isSet {
			run.Logf(s.Stderr, "%s is %s now: %s", a.Variable, a.To, a.Moved)
		}
		if a.Origin().Kind == lint.FromShell && s.flags.write {
			run.Logf(s.Stderr, "%s is set in the environment too, which beats .env: unset it", a.Variable)
		}
	}
}

// keep writes the values to the env file that Compose reads last.
func (s *assigning) keep() error {
	file := s.Loaded.Project.EnvFile
	if file == "" {
		return errors.New("--write: Compose reads no .env here, because COMPOSE_DISABLE_ENV_FILE is set")
	}

	var edits relocate.Edits
	if err := edits.SetBlock(file, run.Relative(s.Dir, file), relocate.Values(s.Assignment), s.Gone); err != nil {
		return err
	}
	if err := edits.Write(s.Process); err != nil {
		return err
	}
	if len(edits.Changes()) > 0 {
		relocate.WarnIfTracked(s.Process, file)
	}
	return nil
}

func (s *assigning) print(out io.Writer) error {
	form := map[string]string{"env": "%s=%s\n", "github": "%s=%s\n", "shell": "export %s='%s'\n"}[s.flags.format]
	if form == "" {
		return s.printJSON(out)
	}

	for _, v := range relocate.Values(s.Assignment) {
		if _, err := fmt.Fprintf(out, form, v.Name, v.Value); err != nil {
			return err
		}
	}
	return nil
}

func (s *assigning) printJSON(out io.Writer) error {
	project := s.Loaded.Project.Label()
	if s.Name != "" && s.Name != s.Loaded.Project.Name {
		project = s.Name
	}
	var all []report.Assigned
	if s.Set {
		all = append(all, report.Assigned{Name: freeport.ProjectNameVar, Value: s.Name, Changed: s.Why != ""})
	}

	for _, a := range s.Assignment.Vars {
		all = append(all, report.Assigned{Name: a.Name, Value: a.Value(), Services: a.Services(),
			Published: a.To, PublishedEnd: lint.PortsFrom(a.To, a.PortCount()).Last, Changed: a.To != a.First})
	}
	for _, a := range s.Assignment.Texts {
		texts := func(kind lint.NameKind) (out []string) {
			for _, t := range a.OfKind(kind) {
				out = append(out, a.With(a.To)[t.Path])
			}
			return out
		}
		all = append(all, report.Assigned{Name: a.Variable, Value: a.To, Changed: a.Changed(), ContainerNames: texts(lint.NameOfContainer),
			NetworkNames: texts(lint.NameOfNetwork), Subnets: texts(lint.NameOfSubnet)})
	}
	return report.Assign(out, report.Report{Version: s.Version, NotChecked: s.blind}, project, all)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// pluralIs writes "1 host port is", "2 host ports are".
func pluralIs(n int, thing string) string { return run.Count(n, thing) + plural(n, " is", " are") }
