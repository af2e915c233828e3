package dockerapi

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/containerd/errdefs"

	"github.com/portlint/portlint/lint"
)

// LookForVolumes asks an engine that answered for volumes that have to be there. It is for the few that somebody names: a list of all
// would make the engine ask its plugins.
func LookForVolumes(ctx context.Context, o Options, h *lint.Host, names []string) {
	if len(names) == 0 || h.Engine.Version == "" {
		return
	}

	h.MissingVolumes, h.UnseenVolumes = map[string]bool{}, map[string]bool{}
	limit := cmp.Or(o.Timeout, DefaultTimeout)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	unseen := func(name, why string) {
		h.UnseenVolumes[name] = true
		h.Blind = append(h.Blind, lint.Blind{What: fmt.Sprintf("volume %q", name), Why: "the engine did not tell whether it is there: " + why})
	}

	c, err := connectTo(ctx, o, limit)
	if err != nil {
		for _, name := range names {
			unseen(name, err.Error())
		}
		return
	}
	defer c.close()
	for _, name := range names {
		switch _, err := c.api.VolumeInspect(ctx, name); {
		case errdefs.IsNotFound(err):
			h.MissingVolumes[name] = true
		case err != nil:
			unseen(name, c.why(ctx, err))
		}
	}
}

// connectTo is a connection to an engine that has said which API it speaks.
func connectTo(ctx context.Context, o Options, limit time.Duration) (*conn, error) {
	at, err := resolve(o)
	if err != nil {
		return nil, err
	}
	c, err := connect(at, o.Env, limit)
	if err != nil {
		return nil, err
	}
	if _, err := c.hello(ctx); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}
