package compose

import (
	"context"
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/override"

	"github.com/portlint/portlint/lint/lazyexp"
)

// maxChecked bounds the services that are checked one by one.
const maxChecked = 500

// inconsistencies checks every service of the project by itself, the others reduced to their names, so that all faults
// are found and not the first of a random order. whole is what the whole project gave.
func (d *diagnosis) inconsistencies(ctx context.Context, whole error) []fault {
	details := d.details()
	model, err := guarded(func() (map[string]any, error) { return loader.LoadModelWithContext(ctx, details, d.options) })
	services, _ := model["services"].(map[string]any)
	if err != nil || len(services) > maxChecked {
		return faultsOf(whole, nil)
	}

	var all []fault
	for _, name := range slices.Sorted(maps.Keys(services)) {
		one := alone(model, name)
		for len(all) < maxReasons {
			_, err := d.toProject(clone(one).(map[string]any), details)
			if err == nil {
				break
			}
			all = append(all, faultsOf(err, d.found[name])...)
			if !dropUndefined(one["services"].(map[string]any)[name], err.Error()) {
				break
			}
		}
	}
	if len(all) == 0 { // a circle of several services
		return faultsOf(whole, nil)
	}
	slices.SortStableFunc(all, fault.compare)
	return slices.CompactFunc(all, func(a, b fault) bool { return a.reason == b.reason }) // an env file of several services
}

var undefinedName = lazyexp.New(`(?:refers to undefined (network|model) |depends on undefined (service) ")([^\s":]+)`)

// dropUndefined takes what a reason calls undefined out of a service, so that the next reason shows: of several, compose-go
// names one at random. It reports whether there was something. Source: compose-go loader/validate.go, checkConsistency.
func dropUndefined(service any, reason string) bool {
	m := undefinedName().FindStringSubmatch(reason)
	s, ok := service.(map[string]any)
	if m == nil || !ok {
		return false
	}

	key := map[string]string{"network": "networks", "model": "models", "service": "depends_on"}[m[1]+m[2]]
	switch names := s[key].(type) {
	case map[string]any:
		_, ok = names[m[3]]
		delete(names, m[3])
		return ok
	case []any:
		remaining := slices.DeleteFunc(names, func(n any) bool { return n == m[3] })
		s[key] = remaining
		return len(remaining) < len(names)
	}
	return false
}

// alone is a model with every service but one reduced to what others may refer to. That one is a copy, the rest is the model's own.
func alone(model map[string]any, name string) map[string]any {
	services, one := map[string]any{}, maps.Clone(model)
	all, _ := model["services"].(map[string]any)
	for other, s := range all {
		services[other] = stub(s)
	}
	services[name] = clone(all[name])
	one["services"] = services
	return one
}

// stub keeps of a service what others may refer to.
func stub(service any) map[string]any {
	s, _ := service.(map[string]any)
	out := map[string]any{"image": "stub"}
	for _, key := range []string{"build", "profiles"} {
		if v, ok := s[key]; ok {
			out[key] = v
		}
	}
	return out
}

// merged merges as Compose does; what can't be merged is left out.
func merged(base, over map[string]any) map[string]any {
	if out, err := override.ExtendService(maps.Clone(base), over); err == nil {
		return out
	}
	return base
}
