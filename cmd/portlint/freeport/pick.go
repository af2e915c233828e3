// Package freeport picks host ports and project names that nobody has: on the machine, in the other checkouts and projects on the
// disk around, and in the store of what portlint gave out.
package freeport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
)

// Picker chooses host ports for one checkout that are free now and likely to stay so. It keeps away from the machine's
// sockets and ranges, the containers of the engine, the projects on the disk around, and what the store of this machine's
// leases gave to anybody else.
type Picker struct {
	dir        string // the project directory; with the project and the key of a request it names a lease
	project    string
	files      string // the Compose files, as in COMPOSE_FILE
	store      leases.Store
	machine    pick.Exclusions // what others have on the machine: it beats even an own lease
	Exclusions pick.Exclusions // everything that a new port keeps away from
	own        []lint.Endpoint // that running containers of the checkout have
	beside     map[string]bool // other projects of the directory that have containers
	Unwritten  bool            // nobody writes down what is given: it is this checkout's for UnwrittenTime
	Named      bool            // the command line names the project, which has ports of its own beside the directory's others
	Base       string          // the name that the project has without COMPOSE_PROJECT_NAME, as in its first checkout
	around     run.CheckoutsAround
	named      whatIsNamed
	try        func([]lint.Endpoint) []lint.Probe // nil: sockets can't be asked
	Blind      []lint.Blind                       // what could not be looked at
	gave       []lint.Ports                       // by the requests that are answered together
	trial      *leases.Tx                         // in place of the store, of a picker that records nothing; else nil
	stderr     io.Writer
	said       map[string]bool
}

// UnwrittenTime is how long values are a checkout's that were only printed: as long as one needs to start with them. Its containers have
// them from then on, and it gets the same ones the next time, unless somebody else has come to have them.
const UnwrittenTime = time.Hour

// NewPicker looks around for a project that was read, on a machine whose engine was asked. A project without a name is
// a directory that has none: the picker then speaks for whoever works there.
func NewPicker(ctx context.Context, w run.Process, project *lint.Project, host *lint.Host) (*Picker, error) {
	ours := func(c *lint.Container) bool { return isCheckout(c, project) }
	sf := run.NewSettingsFinder(w.Dir, run.Overrides{})
	s, err := sf.Project(project.Dir)
	if err != nil {
		return nil, err
	}

	p := &Picker{dir: compose.RealPath(project.Dir), project: project.Name, files: fileList(project), stderr: w.Stderr, said: map[string]bool{}}
	p.store = leases.Store{Now: time.Now}
	if p.store.Dir, err = run.StateDir(w); err != nil {
		p.store.Why = err.Error()
	}

	machine := *host // the caller's own stays as it is
	p.try = dockerapi.Survey(ctx, &machine)
	p.Blind = machine.Blind
	p.machine = lint.ExclusionsOf(&machine, ours)
	p.Exclusions = lint.ExclusionsOf(&machine, func(*lint.Container) bool { return false })

	p.around = run.ReadCheckoutsAround(ctx, project, sf.Excludes)
	lint.ExcludePublished(&p.Exclusions, project)
	lint.ExcludePublished(&p.Exclusions, p.around.Siblings...)
	lint.ExcludePublished(&p.Exclusions, p.around.Neighbours...)
	p.Exclusions.Within = s.Within
	for port := range s.Reserved {
		p.Exclusions.Exclude(lint.PortsFrom(port, 1), "the settings leave it out")
	}

	p.owns(host, project)
	p.Base = project.Name
	p.lookForTexts(project, host, ours)
	return p, nil
}

// fileList names the Compose files of a project as COMPOSE_FILE does, those below its directory without it.
func fileList(project *lint.Project) string {
	var list []string
	for _, file := range project.Files {
		if rel, err := filepath.Rel(project.Dir, file); err == nil && filepath.IsLocal(rel) {
			file = rel
		}
		list = append(list, file)
	}
	return strings.Join(list, string(filepath.ListSeparator))
}

// owns notes what containers of the checkout have now, and which other projects of its directory have containers.
func (p *Picker) owns(host *lint.Host, project *lint.Project) {
	p.beside = map[string]bool{}
	for i := range host.Containers {
		c := &host.Containers[i]
		if isCheckout(c, project) {
			for _, b := range c.Bound {
				p.own = append(p.own, lint.Endpoint{Proto: b.Proto, Addr: b.Addr})
			}
		} else if c.Project != project.Name && (c.WorkingDir == "" || run.SameDir(c.WorkingDir, project.Dir)) {
			p.beside[c.Project] = true
		}
	}
}

// isCheckout reports whether a container is one of the project in this very directory, under the name that an earlier run
// gave it, too.
func isCheckout(c *lint.Container, project *lint.Project) bool {
	named := project.Name != "" && c.Project == project.Name || project.RunsAs != "" && c.Project == project.RunsAs
	return named && (c.WorkingDir == "" || run.SameDir(c.WorkingDir, project.Dir))
}

// RequestKey names what asks within a checkout, the same way every day: the variable, else the place in the project.
func RequestKey(b *lint.Binding) string {
	if b.Var != "" {
		return b.Var
	}
	return placeKey(b)
}

// placeKey is the key of a port that no variable moves.
func placeKey(b *lint.Binding) string { return fmt.Sprintf("%s/%d/%s", b.Service, b.Target, b.Proto) }

// KeyOf names an item that no variable moves in the store of leases: by its place in the project, and by a number where
// several have that place.
func KeyOf(it lint.Item) string {
	key, nth := placeKey(it.Head()), 0
	for _, o := range it.Service.Items() {
		switch {
		case o.Head() == it.Head() && nth == 0:
			return key
		case o.Head() == it.Head():
			return fmt.Sprintf("%s#%d", key, nth+1)
		case placeKey(o.Head()) == key && o.Written():
			nth++
		}
	}
	return key
}

// Avoid keeps away from ports, even where they are this checkout's.
func (p *Picker) Avoid(ports lint.Ports, why string) {
	p.machine.Exclude(ports, why)
	p.Exclusions.Exclude(ports, why)
}

// Pick answers one request: with what this checkout was given before for the same key, if it can be had, else with the
// first port that nothing speaks against. Nobody else will be given it as long as the checkout is there.
func (p *Picker) Pick(ctx context.Context, request pick.Request) (pick.Result, error) {
	all, err := p.pickEach(ctx, []pick.Request{request}, (*leases.Tx).Give)
	if err != nil {
		return pick.Result{}, err
	}
	return all[0], nil
}

// PickFor picks ports that nobody comes back for: nobody else is given them until then, and after that only a socket
// keeps them.
func (p *Picker) PickFor(ctx context.Context, how time.Duration, requests []pick.Request) ([]pick.Result, error) {
	return p.pickEach(ctx, requests, func(tx *leases.Tx, l leases.Lease) {
		l.Key = ""
		tx.GiveFor(l, how)
	})
}

func (p *Picker) pickEach(ctx context.Context, requests []pick.Request, give func(*leases.Tx, leases.Lease)) ([]pick.Result, error) {
	var all []pick.Result
	err := p.Update(ctx, func(tx *leases.Tx) error {
		all, p.gave = all[:0], nil
		for _, w := range requests {
			got, err := p.pickOne(tx, w)
			if err != nil {
				return err
			}
			give(tx, p.lease(w.Key, got.First, w.Ports()))
			all, p.gave = append(all, got), append(p.gave, lint.PortsFrom(got.First, w.Ports()))
		}
		return nil
	})

	return all, err
}

func (p *Picker) pickOne(tx *leases.Tx, w pick.Request) (pick.Result, error) {
	old, had := p.leased(tx, w.Key)
	fits := had && run.PortsOfLease(old).Width() == w.Ports() && !shared(tx, old)
	if fits && p.keeps(w, old.First) == "" {
		return pick.Result{First: old.First}, nil
	}
	return p.pickNew(tx, w)
}

// keeps says what speaks against ports that are the checkout's already, "" when nothing does.
func (p *Picker) keeps(w pick.Request, first uint16) string {
	if _, why := p.machine.First(lint.PortsFrom(first, w.Ports())); why != "" {
		return why
	}
	why, _ := p.tried(w, first)
	return why
}

// pickNew finds ports that are nobody's.
func (p *Picker) pickNew(tx *leases.Tx, w pick.Request) (pick.Result, error) {
	choose := pick.Picker{Exclusions: p.Exclusions, Seed: p.dir}
	choose.Taken = maps.Clone(p.Exclusions.Taken)
	for _, l := range tx.Leases {
		why := "portlint gave it to " + p.whose(l)
		if slices.Contains(p.gave, run.PortsOfLease(l)) {
			why = "given in this run"
		}
		choose.Exclude(run.PortsOfLease(l), why)
	}
	var broken error
	got, ok := choose.Pick(w, func(first uint16) string {
		why, err := p.tried(w, first)
		if err != nil {
			broken, why = err, ""
		}
		return why
	})

	switch {
	case broken != nil:
		return pick.Result{}, broken
	case !ok:
		return got, &NoPort{got.Skips}
	}
	return got, nil
}

// Unmovable says why no other ports help: a conflict is at fault, and nothing that portlint could not do.
type Unmovable string

// Error returns why.
func (u Unmovable) Error() string { return string(u) }

// NoPort says that no port suits a request, and what was passed over.
type NoPort struct{ skips []pick.Skip }

// Error returns what the search ended with.
func (n *NoPort) Error() string {
	if len(n.skips) == 0 {
		return "no free port is left"
	}
	return "no free port is left; the last that was tried: " + n.skips[len(n.skips)-1].String()
}

// tried binds the ports as the engine would and says why they can't be had, "" when they can. What meets an endpoint that
// the checkout's own containers have is not tried. An address that is not this machine's is an error: no other port would
// help.
func (p *Picker) tried(w pick.Request, first uint16) (string, error) {
	if p.try == nil {
		return "", nil
	}
	probes := p.try(slices.DeleteFunc(lint.RequestedEndpoints(w, first), func(e lint.Endpoint) bool {
		return slices.ContainsFunc(p.own, e.Overlaps)
	}))
	for _, probe := range probes {
		if probe.Result == lint.NotLocal {
			return "", Unmovable(fmt.Sprintf("this machine has no address %s", probe.Addr.Addr()))
		}
	}
	return run.WhyNotFree(probes), nil
}

// warn says something once.
func (p *Picker) warn(text string) {
	if !p.said[text] {
		p.said[text] = true
		run.Logf(p.stderr, "%s", text)
	}
}

// WarnBlind says what could not be looked at.
func (p *Picker) WarnBlind() {
	for _, b := range p.Blind {
		p.warn(fmt.Sprintf("not checked: %s: %s", b.What, b.Why))
	}
}

// Explain says what was passed over on the way to a port.
func (p *Picker) Explain(what string, got pick.Result) {
	for _, s := range got.Skips {
		run.Logf(p.stderr, "%s: passed over %s", what, s)
	}
}

// ExplainNone says what was passed over on the way to no port.
func (p *Picker) ExplainNone(err error) {
	var none *NoPort
	if errors.As(err, &none) {
		for _, s := range none.skips {
			run.Logf(p.stderr, "passed over %s", s)
		}
	}
}
