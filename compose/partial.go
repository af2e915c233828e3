package compose

import (
	"context"
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/compose/syntax"
)

// decisive are the keys of a service, beside `ports`, that decide what becomes of its ports.
var decisive = []string{"container_name", "network_mode", "networks", "profiles", "scale", "deploy", "depends_on", "links", "volumes_from",
	"ipc", "pid", "uts", "cgroup", "provider"}

// loadPartially loads what is left of a project that Compose refuses: the decisive keys alone, without validation. A service
// that still does not load keeps the keys that load by themselves.
func (c *composer) loadPartially(ctx context.Context) *types.Project {
	networks := map[string]any{}
	for _, l := range c.nets {
		networks = merged(networks, l.decode(nil, l.expand))
	}

	all := map[string]any{}
	for name, s := range c.found {
		service := map[string]any{}
		for _, l := range s.layers {
			service = merged(service, l.decode(decisive, l.expand))
		}
		all[name] = service
	}
	if p, err := c.loadModel(ctx, all, networks); err == nil {
		return p
	}
	if _, err := c.loadModel(ctx, nil, networks); err != nil {
		networks = nil
	}

	for name, s := range all {
		all[name] = c.loadable(ctx, name, s.(map[string]any), networks)
	}
	if p, err := c.loadModel(ctx, all, networks); err == nil {
		return p
	}
	return namesAlone(all)
}

// loadable keeps the keys of a service with which compose-go loads it.
func (c *composer) loadable(ctx context.Context, name string, service, networks map[string]any) map[string]any {
	if _, err := c.loadModel(ctx, map[string]any{name: service}, networks); err == nil {
		return service
	}
	remaining := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(service)) {
		if _, err := c.loadModel(ctx, map[string]any{name: map[string]any{key: service[key]}}, networks); err == nil {
			remaining[key] = service[key]
		}
	}
	return remaining
}

// namesAlone is a project of which nothing but the names is known: every service runs once.
func namesAlone(all map[string]any) *types.Project {
	p := &types.Project{Services: types.Services{}}
	for name := range all {
		p.Services[name] = types.ServiceConfig{Name: name}
	}
	return p
}

// decode reads keys of a layer as plain values, with change made to each string; no keys means all.
func (l *layer) decode(keys []string, change func(string) string) map[string]any {
	out := map[string]any{}
	visits := syntax.MaxVisits
	for _, e := range syntax.Entries(l.node, &visits) {
		if keys != nil && !slices.Contains(keys, e.Key.Value) {
			continue
		}
		var v any
		if n := syntax.Resolve(e.Value); n != nil && n.Decode(&v) == nil {
			out[e.Key.Value] = changeStrings(v, change)
		}
	}
	return out
}

// expand replaces the variables of a text, with a placeholder for what nothing gives.
func (l *layer) expand(raw string) string { return loadedText(l.env.expander().expandAll(raw)) }

// changeStrings changes all strings of a decoded value.
func changeStrings(v any, change func(string) string) any {
	switch v := v.(type) {
	case string:
		return change(v)
	case map[string]any:
		for k := range v {
			v[k] = changeStrings(v[k], change)
		}
	case []any:
		for i := range v {
			v[i] = changeStrings(v[i], change)
		}
	}
	return v
}

// loadModel gives a model to compose-go as it is.
func (c *composer) loadModel(ctx context.Context, services, networks map[string]any) (*types.Project, error) {
	model := map[string]any{"services": clone(services)}
	if len(networks) > 0 {
		model["networks"] = clone(networks)
	}

	details := types.ConfigDetails{WorkingDir: c.dir, Environment: types.Mapping{},
		ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml", Config: model, Content: []byte{}}}}
	return guarded(func() (*types.Project, error) {
		return loader.LoadWithContext(ctx, details, func(o *loader.Options) {
			o.SetProjectName(c.name, true)
			o.Profiles = c.inputs.profiles
			o.SkipValidation, o.SkipInterpolation, o.SkipNormalization, o.SkipConsistencyCheck = true, true, true, true
			o.SkipExtends, o.SkipInclude, o.SkipResolveEnvironment, o.SkipResolveLabels = true, true, true, true
			o.ResolvePaths = false
		})
	})
}

// clone copies a model, which loading changes.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = clone(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = clone(e)
		}
		return out
	}
	return v
}
