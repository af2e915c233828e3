// Package dockerapi looks at the machine on which the engine binds ports: which machine that is, and which containers
// hold or want a port there. It only reads, with few calls and a deadline, and what it could not see is a blind spot.
package dockerapi

import (
	"cmp"
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/portlint/portlint/dockerapi/sockets"
	"github.com/portlint/portlint/lint"
)

// Options say which engine to ask, as the docker CLI does.
type Options struct {
	Context string            // --context, "" for none
	Host    string            // -H, "" for none
	Env     map[string]string // the environment: DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, DOCKER_TLS_VERIFY, HOME …
	Typed   []string          // docker's flags that Env stands for, where it is not the environment of the user
	Timeout time.Duration     // for everything together, 0 for DefaultTimeout
	Project string            // the project whose stopped containers are inspected, "" for none
	Silence *Silence          // engines that did not answer before; nil: each is asked whenever somebody wants to know
}

// flags are those of the docker CLI that reach the same engine, where the environment alone does not.
func (o Options) flags() []string {
	switch {
	case o.Context != "":
		return append(slices.Clone(o.Typed), "--context", o.Context)
	case o.Host != "":
		return append(slices.Clone(o.Typed), "-H", o.Host)
	}
	return o.Typed
}

// DefaultTimeout is how long an engine has to answer when nothing else is said.
const DefaultTimeout = 2 * time.Second

// What a blind spot of this package is about: "engine" when the engine did not tell something that decides, "sockets" when
// it binds its ports where this machine's sockets say nothing, "settings of the engine" for what decides no port, "swarm" and
// "stopped containers" for what only they know.
const (
	blindEngine   = lint.BlindEngine
	blindSockets  = "sockets"
	blindSettings = "settings of the engine"
	blindSwarm    = lint.BlindSwarm
	blindStopped  = "stopped containers"
)

// Look asks the engine. It returns within the timeout, and never an empty host without saying why: whatever the engine
// did not answer is in Blind. Probes and Ephemeral are left to the sockets.
func Look(ctx context.Context, o Options) lint.Host {
	return ask(ctx, o, func(ctx context.Context, c *conn) lint.Host { return c.look(ctx, o.Project) })
}

// ask connects to the engine for a question, which ends with the timeout.
func ask(ctx context.Context, o Options, question func(context.Context, *conn) lint.Host) lint.Host {
	limit := cmp.Or(o.Timeout, DefaultTimeout)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	at, err := resolve(o)
	if err != nil {
		return blind(lint.Engine{Endpoint: at.Host}, err.Error())
	}
	if why, silent := o.Silence.of(at.Host); silent {
		return blind(lint.Engine{Endpoint: at.Host}, why)
	}
	c, err := connect(at, o.Env, limit)
	if err != nil {
		return blind(lint.Engine{Endpoint: at.Host}, err.Error())
	}
	c.flags, c.env = o.flags(), o.Env
	defer c.close()

	h := question(ctx, c)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) && !c.heard {
		o.Silence.add(at.Host, h.Blind)
	}
	return h
}

// blind is a host whose engine told nothing.
func blind(e lint.Engine, why string) lint.Host {
	return lint.Host{Engine: e, Blind: []lint.Blind{
		{What: blindEngine, Why: why},
		{What: blindSockets, Why: "without an engine it is not known where ports are bound"},
	}}
}

func (c *conn) look(ctx context.Context, project string) lint.Host {
	hello, err := c.hello(ctx)
	if err != nil {
		return blind(lint.Engine{Endpoint: c.at.Host}, c.why(ctx, err))
	}
	if why := hello.unusable(); why != "" {
		return blind(lint.Engine{Endpoint: c.at.Host}, why)
	}

	a := c.ask(ctx, hello, project)
	h := lint.Host{Engine: a.engine(), Nodes: a.nodes, Blind: a.blind}
	h.Networks = networksOf(a.networks, a.leases, h.Engine)
	var unread []lint.Blind
	h.Swarm, unread = swarmPorts(a.services)
	h.Blind = append(h.Blind, unread...)
	h.Engine.Endpoint = c.at.Host
	h.Engine.Local, h.Engine.Forwarder = a.elsewhere == "", a.forwarder
	switch {
	case h.Engine.Local:
	case h.Engine.Forwarder != nil:
		h.Blind = append(h.Blind, blindTo(h.Engine.Forwarder))
	default:
		h.Blind = append(h.Blind, lint.Blind{What: blindSockets, Why: a.elsewhere})
	}
	h.Engine.DirsElsewhere = a.dirs
	h.Engine.V4Only = h.Engine.Local && !sockets.HasIPv6(ctx)
	h.Engine.Client = h.Engine.ClientWith(c.flags, podmanReach(c.at.Host, c.env, runtime.GOOS, os.Getuid()))
	if h.Engine.Local && h.Engine.ComparesHostSubnets() {
		h.Subnets = sockets.Addressed()
	}
	h.Containers, unread = containersOf(a.list, h.Engine)
	h.NotListed, h.NetworksNotListed = a.list == nil, a.networks == nil
	h.Blind = append(h.Blind, unread...)
	for i := range h.Containers {
		h.Containers[i].Pod = a.pods[h.Containers[i].ID]
	}
	h.Blind = append(h.Blind, fillAll(&h, a.stopped, project)...)
	return h
}
