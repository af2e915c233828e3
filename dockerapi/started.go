package dockerapi

import (
	"cmp"
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/portlint/portlint/lint"
)

// Started finds out since when running containers run, which the list does not tell. It is for the few that are in
// the way. What the engine does not tell in time stays zero: it decides nothing.
func Started(ctx context.Context, o Options, containers []*lint.Container) {
	if len(containers) == 0 {
		return
	}

	limit := cmp.Or(o.Timeout, DefaultTimeout)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	at, err := resolve(o)
	if err != nil {
		return
	}
	c, err := connect(at, o.Env, limit)
	if err != nil {
		return
	}
	defer c.close()
	if _, err := c.hello(ctx); err != nil {
		return
	}
	var g errgroup.Group
	g.SetLimit(inspectAtOnce)
	for _, one := range containers {
		g.Go(func() error { c.started(ctx, one); return nil })
	}
	_ = g.Wait() // no call returns an error
}

func (c *conn) started(ctx context.Context, one *lint.Container) {
	full, err := c.api.ContainerInspect(ctx, one.ID)
	if err == nil && full.ContainerJSONBase != nil && full.State != nil {
		one.PID = full.State.Pid
		one.StartedAt = localTime(full.State.StartedAt)
	}
}

// localTime reads the engine's way to write a time, as the people at this machine say it; zero when it can't be read.
func localTime(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return t.Local()
}
