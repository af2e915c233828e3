package up

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// state is what is known before Compose runs.
type state struct {
	all      run.Projects
	project  *lint.Project
	settings *run.Settings
	host     *lint.Host
	plan     lint.Plan
	found    []lint.Finding
	r        report.Report
}

// loadState reads the project, asks the machine, and decides what this `up` would meet. The machine comes last: what it says
// is the older the longer Compose has to wait.
func loadState(ctx context.Context, w run.Process, line *Line) (*state, error) {
	s, err := readUp(ctx, w, line)
	if err != nil {
		return nil, err
	}
	return s, s.probe(ctx, w, line)
}

// probe asks the machine, and decides what this `up` would meet.
func (s *state) probe(ctx context.Context, w run.Process, line *Line) (err error) {
	s.host = s.all.ProbeMachine(ctx, line.Options)
	markLost(s.host, s.host.EndpointsNeeded(s.all.Models(), line.Options), line.lost)
	return s.applyRules(w, line)
}

// markLost notes on a machine what the engine has refused in this run: whatever the sockets say, it is taken.
func markLost(host *lint.Host, wanted []lint.Endpoint, lost []dockerapi.Port) {
	for _, e := range wanted {
		if !slices.Contains(lost, dockerapi.Port{Number: e.Addr.Port(), Proto: e.Proto}) {
			continue
		}
		at := slices.IndexFunc(host.Probes, func(p lint.Probe) bool { return sameEndpoint(p.Endpoint, e) })
		if at < 0 {
			at, host.Probes = len(host.Probes), append(host.Probes, lint.Probe{Endpoint: e})
		}
		host.Probes[at].Result, host.Probes[at].Reason = lint.InUse, ""
	}
}

// sameEndpoint compares endpoints however an IPv4 address is written.
func sameEndpoint(a, b lint.Endpoint) bool {
	plain := func(e lint.Endpoint) netip.AddrPort { return netip.AddrPortFrom(e.Addr.Addr().Unmap(), e.Addr.Port()) }
	return a.Proto == b.Proto && plain(a) == plain(b)
}

// applyRules decides what this `up` would meet on the machine that was asked.
func (s *state) applyRules(w run.Process, line *Line) (err error) {
	s.plan = lint.PlanUp(s.project, s.host, line.Options)
	s.found = lint.Obstacles(s.project, lint.Settings{Host: s.host, Up: line.Options, Within: s.settings.Within,
		Reserved: s.settings.Reserved})
	s.r, err = s.report(w, line)
	return err
}

// applyRulesOf is applyRules for a Compose, where its version decides something: asking it takes as long as reading a project.
func (s *state) applyRulesOf(ctx context.Context, program composeProgram, w run.Process, line *Line) error {
	if !slices.ContainsFunc(s.found, func(f lint.Finding) bool { return f.Rule == "network-in-use" }) || program.isPodmanCompose() {
		return nil
	}
	_, v, err := program.version(ctx)
	if err != nil {
		return nil //nolint:nilerr // what it does stays possible, and Compose says what is wrong with it
	}
	line.Options.Compose = v
	return s.applyRules(w, line)
}

// readUp reads the project as Compose will, with what is laid over the disk.
func readUp(ctx context.Context, w run.Process, line *Line) (*state, error) {
	o, err := line.globals.Options(w, false)
	if err != nil {
		return nil, err
	}
	o.Overlay = line.overlay
	s := &state{}
	if s.all, err = run.Load(ctx, w, line.globals, []compose.Options{o}); err != nil {
		return nil, err
	}
	if len(s.all.Failed) > 0 {
		return nil, errors.Join(s.all.Failed...)
	}
	s.project = s.all.All[0].Project
	line.complete(s.all.All[0])
	s.settings, err = run.NewSettingsFinder(w.Dir, run.Overrides{}).Project(s.project.Dir)
	return s, err
}

// complete settles what only the project tells: COMPOSE_REMOVE_ORPHANS, and which words after an unknown flag are services.
// Source: compose cmd/compose/up.go, upCommand.
func (l *Line) complete(p compose.Loaded) {
	if !l.orphans {
		l.Options.RemoveOrphans = isYes(p.Defaults["COMPOSE_REMOVE_ORPHANS"])
	}
	if l.UnknownFlags {
		l.Options.Services = slices.DeleteFunc(l.Options.Services, func(name string) bool { return p.Project.Service(name) == nil })
	}
	if l.refusal == "" && l.Options.RemoveOrphans && isYes(p.Defaults["COMPOSE_IGNORE_ORPHANS"]) {
		l.refusal = "docker compose up refuses --remove-orphans with COMPOSE_IGNORE_ORPHANS"
	}
	l.refusal = cmp.Or(l.refusal, l.refusedName(p.Project))
}

// isYes reads a variable as Compose does. Source: compose pkg/utils/stringutils.go, StringToBool.
func isYes(value string) bool {
	value = strings.ToLower(strings.TrimSpace(value))
	yes, _ := strconv.ParseBool(value)
	return yes || value == "y"
}

// refusesServices reports whether Compose refuses the names of services before it does anything, because it does not know one.
func (s *state) refusesServices(services []string) bool {
	return len(s.project.Defects)+len(s.project.Blind) == 0 &&
		slices.ContainsFunc(services, func(name string) bool { return s.project.Service(name) == nil })
}

func (s *state) report(w run.Process, line *Line) (report.Report, error) {
	color, err := run.UseColor("auto", w)
	return report.Report{
		Asked: w.Now(), Version: w.Version, Dir: w.Dir, Root: compose.Repository(w.Dir), Projects: s.all.Models(), Findings: s.found,
		NotChecked: slices.DeleteFunc(slices.Concat(s.all.Blind(), s.host.Blind), func(b lint.Blind) bool { return b.AfterUp }), Sources: s.all.Sources, Color: color,
		Verdict: lint.VerdictOf(s.all.Models(), s.host, line.Options, s.all.Blind()),
	}, err
}

// print writes what was found.
func (s *state) print(to io.Writer) error {
	r := s.r
	r.Width = run.Width(to)
	return report.Text(to, r)
}

// printUncertain says on standard error, as standard output is Compose's from here on, what may keep a port from being bound
// and what was not looked at.
func (s *state) printUncertain(w run.Process) error {
	for _, d := range s.project.Defects {
		run.Logf(w.Stderr, "docker compose will most likely refuse this project: %s", d.Reason)
	}
	if len(s.found) == 0 && len(s.r.NotChecked) == 0 {
		return nil
	}
	quiet := s.r
	quiet.Quiet, quiet.Color = true, s.r.Color && run.IsTerminal(w.Stderr)
	var text bytes.Buffer
	if err := report.Text(&text, quiet); err != nil {
		return err
	}
	_, err := fmt.Fprint(w.Stderr, text.String())
	return err
}
