package dockerapi

import (
	"context"

	"github.com/docker/docker/api/types/container"

	"github.com/portlint/portlint/lint"
)

// List asks the engine for its containers and nothing else, with one call. What a stopped one asks for is not told.
func List(ctx context.Context, o Options) lint.Host {
	return ask(ctx, o, func(ctx context.Context, c *conn) lint.Host { return c.list(ctx) })
}

func (c *conn) list(ctx context.Context) lint.Host {
	engine := lint.Engine{Endpoint: c.at.Host}
	hello, err := c.hello(ctx)
	if err != nil {
		return blind(engine, c.why(ctx, err))
	}
	if why := hello.unusable(); why != "" {
		return blind(engine, why)
	}
	list, err := listed(c.api.ContainerList(ctx, container.ListOptions{All: true}))
	if err != nil {
		return blind(engine, "the engine did not tell its containers: "+c.why(ctx, err))
	}

	a, seen := &answers{hello: hello}, c.view(c)
	a.rootless, a.lowPorts = seen.asUser(hello), seen.lowPorts
	if !seen.proves(hello) {
		a.elsewhere = elsewhere(c.at.Host, a, seen)
	}
	h := lint.Host{Engine: engine}
	h.Engine.DirsElsewhere = dirsElsewhere(c.at.Host, a, seen)
	h.Containers, h.Blind = containersOf(list, a.engine())
	return h
}
