//go:build linux

package main

import (
	"context"
	"slices"
	"strings"
)

// mostShrinks bounds how often a wrong verdict is run again.
const mostShrinks = 40

// shrink leaves out whatever the lie does not need.
func (r random) shrink(ctx context.Context, s *engineEnv, worst ending) ending {
	plays := 0
	for smaller := true; smaller; {
		smaller = false
		for _, less := range r.lesser() {
			if plays++; plays > mostShrinks {
				return worst
			}
			got, err := s.runSituation(ctx, less.situation())
			if err == nil && got.lied() {
				r, worst, smaller = less, got, true
				break
			}
		}
	}
	return worst
}

// lesser are the situations with one part less.
func (r random) lesser() []random {
	var out []random
	without := func(change func(*random)) {
		c := r
		change(&c)
		out = append(out, c)
	}
	if len(r.earlier) > 0 {
		without(func(c *random) { c.earlier, c.pause, c.oneOff = nil, false, false })
	}
	if len(r.networks.on) > 0 {
		without(func(c *random) { c.networks, c.earlierNetworks = randomNetworks{}, randomNetworks{} })
	}
	for i := range r.steps {
		without(func(c *random) { c.steps = slices.Delete(slices.Clone(r.steps), i, i+1) })
	}
	if r.up != "" {
		without(func(c *random) { c.up = "" })
	}
	if r.pause {
		without(func(c *random) { c.pause = false })
	}
	if r.oneOff {
		without(func(c *random) { c.oneOff = false })
	}
	for _, list := range []func(*random) *[]randomService{func(c *random) *[]randomService { return &c.now }, func(c *random) *[]randomService { return &c.earlier }} {
		for i, one := range *list(&r) {
			if len(*list(&r)) > 1 && !needed(*list(&r), one.name) && !mentions(r.up, one.name) {
				without(func(c *random) { *list(c) = slices.Delete(slices.Clone(*list(&r)), i, i+1) })
			}
			if one.called != "" {
				without(func(c *random) {
					*list(c) = slices.Clone(*list(&r))
					(*list(c))[i].called = ""
				})
			}
			for j := range one.ports {
				without(func(c *random) {
					*list(c) = slices.Clone(*list(&r))
					(*list(c))[i].ports = slices.Delete(slices.Clone(one.ports), j, j+1)
				})
			}
		}
	}
	return out
}

// mentions reports whether the words after `up` name a service, as in "--scale a=2".
func mentions(up, service string) bool {
	return slices.Contains(strings.FieldsFunc(up, func(r rune) bool { return r == ' ' || r == '=' }), service)
}

func needed(services []randomService, name string) bool {
	return slices.ContainsFunc(services, func(s randomService) bool { return s.needs == name })
}
