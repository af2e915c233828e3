package compose

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/compose/syntax"
	"github.com/portlint/portlint/lint"
	"go.yaml.in/yaml/v4"
)

// service builds one service from what compose-go loaded in full, or in part.
func (r *reader) service(name string, project *types.Project, full bool) lint.Service {
	found := r.found[name]
	config, active := config(project, name)
	s := lint.Service{Name: name, Active: active, Replicas: r.replicas(config), Profiles: r.profilesOf(found, config.Profiles)}
	s.Span = found.key()
	s.ReplicasSpan = found.span("scale")
	if !s.ReplicasSpan.Known() {
		s.ReplicasSpan = found.span("deploy", "replicas")
	}
	s.ContainerName = r.value(config.ContainerName, found, "container_name")
	s.Provider = config.Provider != nil
	s.Image, s.Builds = r.value(config.Image, found, "image"), config.Build != nil
	s.Reaches, s.Links = reaches(config, found), links(config, found)
	s.SwarmOnly = swarmOnly(config.Deploy)
	if d := config.Deploy; d != nil {
		s.Global, s.Constrained = strings.HasPrefix(d.Mode, "global"), len(d.Placement.Constraints) > 0
	}

	s.DependsOn, s.Awaits = dependsOn(config), awaits(config, project)
	s.Network = network(config, project, found)
	s.Network.Why = r.secrets.redact(s.Network.Why)
	s.Networks, s.Volumes, s.Paths = r.attachments(config, found), volumesOf(config, project), r.pathsOf(config, found)
	candidates := r.candidates(found, &s)
	if full {
		candidates = join(config.Ports, candidates, s.Span)
	}

	for _, c := range candidates {
		c.binding.Service = name
		s.Bindings = append(s.Bindings, c.binding)
	}
	return s
}

// replicas is how many containers of a service Compose starts, one where a variable that nothing gives decides it.
func (r *reader) replicas(config types.ServiceConfig) int {
	count := max(0, config.GetScale())
	if r.guessed && strings.Contains(strconv.Itoa(count), placeholder) {
		return 1
	}
	return count
}

// profilesOf are the profiles of a service for people; one that is made of variables is named by them.
func (r *reader) profilesOf(found *service, names []string) []string {
	raw := map[string]string{}
	for _, l := range found.layers {
		if n := l.find("profiles"); n != nil {
			for _, c := range n.Content {
				raw[text(l.env, c)] = syntax.Resolve(c).Value
			}
		}
	}

	out := slices.Clone(names)
	for i, name := range names {
		out[i] = r.secrets.written(name, raw[name])
	}
	return out
}

// key is the service's key in the last file that writes it.
func (s *service) key() lint.Span {
	if len(s.layers) == 0 {
		return lint.Span{}
	}
	top := s.layers[len(s.layers)-1]
	return top.file.Span(top.key)
}

// config finds a service of a loaded project and whether `up` starts it.
func config(project *types.Project, name string) (types.ServiceConfig, bool) {
	if s, ok := project.Services[name]; ok {
		return s, true
	}
	return project.DisabledServices[name], false
}

// candidates are the ports that the walk found for a service; for equal keys the last wins at the first one's place,
// as in compose-go override/uncity.go, uniqueEntries. What Compose refuses goes to Project.Invalid.
func (r *reader) candidates(found *service, s *lint.Service) []bound {
	var out []bound
	at := map[string]int{}
	for _, it := range found.items {
		reading := r.readings[it]
		if reading.invalid != nil {
			bad := *reading.invalid
			bad.Service, bad.Active, bad.Profiles = s.Name, s.Active, s.Profiles
			r.project.Invalid = append(r.project.Invalid, bad)
		}
		for _, b := range reading.bound {
			b.binding.Layer = found.layerOf(it.layer)
			if i, ok := at[b.unique]; ok {
				earlier := out[i].binding
				if b.binding.Repeated = earlier.Repeated; earlier.Entry != b.binding.Entry {
					b.binding.Repeated = append(slices.Clone(earlier.Repeated), &earlier)
				}
				out[i] = b
				continue
			}
			at[b.unique] = len(out)
			out = append(out, b)
		}
	}
	return out
}

// layerOf tells which writer of the service one of its layers is.
func (s *service) layerOf(l *layer) lint.Layer {
	kind := l.kind
	if l.key.Value != s.name {
		kind = "extends"
	}
	return lint.Layer{Order: slices.Index(s.layers, l), Kind: kind, Service: l.key.Value}
}

// join looks every port of the final project up among the candidates. One that is not found keeps what compose-go
// says and gets the place of its service. Candidates without a value, which compose-go may have taken for one, stay.
func join(ports []types.ServicePortConfig, candidates []bound, service lint.Span) []bound {
	byKey := map[portKey][]int{}
	for i, c := range candidates {
		byKey[c.key] = append(byKey[c.key], i)
	}

	used := make([]bool, len(candidates))
	var out []bound
	for _, port := range ports {
		key := keyOf(port)
		if same := byKey[key]; len(same) > 0 {
			byKey[key], used[same[0]] = same[1:], true
			out = append(out, candidates[same[0]])
			continue
		}
		if !bindable(port) {
			continue // reported as invalid
		}
		b := bound{key: key, binding: lint.Binding{Entry: service}}
		set(&b.binding, port.HostIP, port.Published, port.Target, port.Protocol)
		out = append(out, b)
	}

	for i, c := range candidates {
		if c.partial && !used[i] {
			out = append(out, c)
		}
	}
	return out
}

// bindable reports whether the engine takes a port that Compose passes on.
func bindable(port types.ServicePortConfig) bool {
	_, err := portRange(port.Published)
	proto := strings.ToLower(port.Protocol)
	return err == nil && port.Target <= 65535 && (proto == "" || knownProto(proto))
}

// span is the place of a value below the service, in the last layer that writes it.
func (s *service) span(path ...string) lint.Span {
	for _, l := range slices.Backward(s.layers) {
		if n := l.find(path...); n != nil {
			return l.file.Span(n)
		}
	}
	return lint.Span{}
}

// value is a text of the final project with the place where it is written: the last layer of the service that makes it what it
// is, else the last that writes one.
func (r *reader) value(final string, found *service, path ...string) lint.Value {
	var v lint.Value
	for _, l := range slices.Backward(found.layers) {
		n := l.find(path...)
		if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
			continue
		}
		s := newScalar(l.file, l.env, n)
		if made := s.loaded(); made == final || !v.Span.Known() {
			v = s.value()
			v.Style.Flow = l.isFlow(path[:len(path)-1]...)
			v.Layer = found.layerOf(l)
			if made == final {
				break
			}
		}
	}

	if v.Text = final; strings.Contains(final, placeholder) {
		v.Text = "" // two values that nothing gives need not be the same
	}
	if said := r.secrets.written(v.Text, v.Written); said != v.Text {
		v.Title = said
	}
	return v
}

func (l *layer) find(path ...string) *yaml.Node {
	n := l.node
	visits := syntax.MaxVisits
	for _, key := range path {
		if n = syntax.Resolve(syntax.Lookup(n, key, &visits)); n == nil {
			return nil
		}
	}
	return n
}

// reaches are the containers that a service needs by name. Source: compose-go types, ContainerPrefix; the engine's daemon/links.go.
func reaches(c types.ServiceConfig, found *service) []lint.Reach {
	var out []lint.Reach
	add := func(key, name string) {
		out = append(out, lint.Reach{Name: name, Key: key, Span: found.span(key)})
	}

	for key, mode := range map[string]string{"network_mode": c.NetworkMode, "pid": c.Pid, "ipc": c.Ipc} {
		if name, ok := strings.CutPrefix(mode, types.ContainerPrefix); ok {
			add(key, name)
		}
	}
	for _, from := range c.VolumesFrom {
		if rest, ok := strings.CutPrefix(from, types.ContainerPrefix); ok {
			name, _, _ := strings.Cut(rest, ":")
			add("volumes_from", name)
		}
	}
	for _, link := range c.ExternalLinks {
		name, _, _ := strings.Cut(link, ":")
		add("external_links", name)
	}

	slices.SortFunc(out, func(a, b lint.Reach) int { return strings.Compare(a.Key+" "+a.Name, b.Key+" "+b.Name) })
	return out
}

// links are the containers that a service is linked to.
func links(c types.ServiceConfig, found *service) []lint.Link {
	var out []lint.Link
	for _, link := range c.Links {
		name, _, _ := strings.Cut(link, ":")
		out = append(out, lint.Link{Service: name, Key: "links", Span: found.span("links")})
	}
	if len(c.ExternalLinks) > 0 {
		out = append(out, lint.Link{Key: "external_links", Span: found.span("external_links")})
	}
	return out
}

// isFlow reports whether the members of a mapping below the service stand in braces.
func (l *layer) isFlow(path ...string) bool {
	n := syntax.Resolve(l.find(path...))
	return n != nil && n.Style&yaml.FlowStyle != 0
}

// dependsOn lists the services that Compose starts first. Source: compose-go loader/normalize.go.
func dependsOn(c types.ServiceConfig) []string {
	names := map[string]bool{}
	for name := range c.DependsOn {
		names[name] = true
	}

	for _, mode := range []string{c.NetworkMode, c.Ipc, c.Pid, c.Uts, c.Cgroup} {
		if name, ok := strings.CutPrefix(mode, types.ServicePrefix); ok {
			names[name] = true
		}
	}

	for _, link := range append(slices.Clone(c.Links), c.VolumesFrom...) {
		name, _, _ := strings.Cut(link, ":")
		if name != "container" {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// awaits lists the services whose containers have ended with success before Compose starts the service, and stay so.
// Source: compose pkg/compose/convergence.go, waitDependencies; create.go, getRestartPolicy.
func awaits(c types.ServiceConfig, project *types.Project) []string {
	var names []string
	for name, on := range c.DependsOn {
		first, _ := config(project, name)
		policy := first.Restart
		if first.Deploy != nil && first.Deploy.RestartPolicy != nil {
			policy = first.Deploy.RestartPolicy.Condition
		}
		comesBack := slices.Contains([]string{"always", "unless-stopped", "any"}, policy)
		if on.Condition == types.ServiceConditionCompletedSuccessfully && !comesBack {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// swarmOnly names the first `deploy` key that only `docker stack deploy` takes notice of.
// Beside a global mode it refuses replicas, so a service that has some is not meant for it.
// Source: docker/cli cli/compose/convert/service.go, convertDeployMode.
func swarmOnly(d *types.DeployConfig) string {
	switch {
	case d == nil || d.Replicas != nil && strings.HasPrefix(d.Mode, "global"):
		return ""
	case d.EndpointMode != "":
		return "deploy.endpoint_mode"
	case d.Mode != "":
		return "deploy.mode"
	case d.UpdateConfig != nil:
		return "deploy.update_config"
	case d.RollbackConfig != nil:
		return "deploy.rollback_config"
	case len(d.Placement.Constraints) > 0 || len(d.Placement.Preferences) > 0 || d.Placement.MaxReplicas > 0:
		return "deploy.placement"
	}
	return ""
}
