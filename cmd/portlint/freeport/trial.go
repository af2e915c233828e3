package freeport

import (
	"context"
	"path/filepath"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
)

// NewTrial returns a picker for another checkout of a project, one that need not be there: what it gives, nobody has, the project
// included, and nothing of it is recorded. Without a host it keeps away from the project alone, so that the answer is the same on
// every machine.
func NewTrial(ctx context.Context, w run.Process, project *lint.Project, host *lint.Host) *Picker {
	p := &Picker{dir: filepath.Join(compose.RealPath(project.Dir), "second"), project: project.Name, stderr: w.Stderr, said: map[string]bool{},
		trial: &leases.Tx{Projects: map[string]string{}}}
	if host != nil {
		machine := *host // the caller's own stays as it is
		p.try = dockerapi.Survey(ctx, &machine)
		p.machine = lint.ExclusionsOf(&machine, func(*lint.Container) bool { return false })
		*p.trial = run.ReadLeases(w)
	}
	p.Exclusions = pick.Exclusions{Ephemeral: p.machine.Ephemeral, Reserved: p.machine.Reserved, Taken: run.MergeTaken(p.machine.Taken, nil)}
	lint.ExcludePublished(&p.Exclusions, project)
	p.Base, p.around.Siblings = project.Name, []*lint.Project{project}
	p.lookForTexts(project, host, func(*lint.Container) bool { return false })
	return p
}

// Probe says what the sockets of this machine say of endpoints, nothing where they can't be asked.
func (p *Picker) Probe(endpoints []lint.Endpoint) []lint.Probe {
	if p.try == nil {
		return nil
	}
	return p.try(endpoints)
}
