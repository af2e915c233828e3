package dockerapi

import (
	"cmp"
	"context"
	"strings"

	"github.com/docker/docker/api/types/container"

	"github.com/portlint/portlint/lint"
)

// List asks the engine for its containers and nothing else, with one call. What a stopped one asks for is not told.
func List(ctx context.Context, o Options) lint.Host {
	limit := cmp.Or(o.Timeout, DefaultTimeout)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	at, err := resolve(o)
	if err != nil {
		return blind(lint.Engine{Endpoint: at.Host}, err.Error())
	}
	c, err := connect(at, o.Env, limit)
	if err != nil {
		return blind(lint.Engine{Endpoint: at.Host}, err.Error())
	}
	defer c.close()
	return c.list(ctx)
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

	a, seen := &answers{hello: hello}, look(c)
	if !seen.proves() {
		a.elsewhere = elsewhere(c.at.Host, a, seen)
	}
	h := lint.Host{Engine: engine}
	h.Engine.DirsElsewhere = dirsElsewhere(c.at.Host, a, seen)
	h.Containers, h.Blind = containersOf(list, strings.HasPrefix(hello.server, "Libpod/"))
	return h
}
