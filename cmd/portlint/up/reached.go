package up

import (
	"context"
	"errors"
	"fmt"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/reach"
)

// Reached is where a project really runs.
type Reached struct {
	Project    *lint.Project
	Variables  []reach.Variable
	Missing    []reach.Missing // services that publish ports and are not up
	NotChecked []lint.Blind
	At         string // where the engine publishes, see [reach.EngineHost]
}

// Reach reads the project here, and asks the engine where it runs.
func Reach(ctx context.Context, w run.Process, g run.Flags) (Reached, error) {
	base, err := g.Options(w, false)
	if err != nil {
		return Reached{}, err
	}
	all, err := run.Load(ctx, w, g, []compose.Options{base})
	if err = errors.Join(append(all.Failed, err)...); err != nil {
		return Reached{}, err
	}

	project := all.All[0].Project
	host := dockerapi.List(ctx, g.Engine(w, project.Name))
	switch {
	case ctx.Err() != nil:
		return Reached{}, run.ErrInterrupt
	case len(host.Blind) > 0:
		return Reached{}, fmt.Errorf("could not look where the services are published: %s", host.Blind[0].Why)
	}
	all.PlaceContainers(ctx, &host)
	running, missing := reach.Now(project, &host)
	at := reach.EngineHost(host.Engine.Endpoint)
	return Reached{Project: project, Variables: reach.Variables(project, running, at), Missing: missing, NotChecked: all.Blind(), At: at}, nil
}
