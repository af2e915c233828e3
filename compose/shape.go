package compose

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/lint"
	"go.yaml.in/yaml/v4"
)

// Shape is all that a project is, for comparing: the whole of compose-go's project, with the item that each of its
// ports comes from. Of a project that Compose refuses it is what portlint could read, with the reasons.
type Shape struct {
	full    *form // nil where Compose refuses the project
	partial *form // nil where it is not needed
	refused []string
	bound   map[string]string // what the engine binds for each service
}

// form is one reading of a project.
type form struct {
	tree  map[string]any // without the ports of services and without names
	ports map[string][]shapedPort
	names map[string]shapedName // by the path of the name, such as services.web.container_name
}

// shapedName is a name other than a port.
type shapedName struct {
	at   lint.Span // with its quotes
	text string
	// variable gives what stands between the other two, "" where none does; known in an EngineShape alone.
	variable, before, after string
}

// shapedPort is one published port.
type shapedPort struct {
	entry     lint.Span // its item
	variable  string    // that gives the host port, "" where none does; known in an EngineShape alone
	published string
	rest      any // everything else of it
}

// Shape makes the project comparable, unless it was read as Unedited.
func (l Loaded) Shape() (Shape, error) {
	if l.model == nil && l.text == nil {
		return Shape{}, fmt.Errorf("the project %q was not read to be compared", l.Project.Name)
	}
	s := Shape{refused: l.refused(), bound: l.bound()}
	if l.full {
		tree, err := l.toTree(l.modelParts())
		if err != nil {
			return Shape{}, err
		}
		s.full = &form{tree: tree, ports: l.takePorts(tree), names: l.takeNames(tree)}
	}
	if l.text != nil {
		tree, err := l.toTree(l.partialParts())
		if err != nil {
			return Shape{}, err
		}
		s.partial = &form{tree: tree, ports: l.partialPorts(), names: l.takeNames(tree)}
	}
	return s, nil
}

// EngineShape is what of the project all projects of an engine share, for comparing: the host ports of its services, started or
// not, its name, and the texts of [lint.Project.EngineTexts]. What else a variable is used for may follow its value, and so may a
// text that several variables make.
func (l Loaded) EngineShape() Shape {
	ports := map[string][]shapedPort{}
	for _, s := range l.Project.Services {
		for _, b := range s.Bindings {
			port := shapedPort{entry: b.Entry, variable: b.Var, published: b.PortText(), rest: fmt.Sprint(b.HostIP, b.Target, b.Proto)}
			ports[s.Name] = append(ports[s.Name], port)
		}
	}

	names := map[string]shapedName{"name": {text: l.Project.Name}}
	for _, t := range l.Project.EngineTexts() {
		if t.Composed() {
			continue
		}
		name := shapedName{at: t.Span, text: t.Text}
		name.variable, name.before, name.after, _ = t.SplitAtVariable()
		names[t.Path] = name
	}
	l.addReaches(names)
	return Shape{partial: &form{ports: ports, names: names}, refused: l.refused()}
}

// addReaches adds the names by which services need containers: that of a container of the project rests on the same variable.
func (l Loaded) addReaches(names map[string]shapedName) {
	own := map[string]shapedName{}
	for _, s := range l.Project.Services {
		if name := names["services."+s.Name+".container_name"]; name.text != "" {
			own[name.text] = name
		}
	}
	for _, s := range l.Project.Services {
		for i, r := range s.Reaches {
			name := own[r.Name]
			name.at, name.text = r.Span, r.Name
			names[fmt.Sprintf("services.%s.%s[%d]", s.Name, r.Key, i)] = name
		}
	}
}

// LoadShape reads a project only to compare it, as Load and Shape do. The error of one that Compose refuses is what Compose
// stopped at.
func LoadShape(ctx context.Context, o Options) (Shape, error) {
	r, err := newReader(o)
	if err != nil {
		return Shape{}, err
	}
	if err := r.addMirror(); err != nil {
		return Shape{}, err
	}

	defer r.mirror.remove()
	r.readAll()
	r.lookAtEnvFiles()
	project, _, err := r.load(ctx)
	if err != nil {
		return Shape{}, errors.New(r.mirror.strip(err.Error()))
	}
	r.addServices(project, true)
	r.addNetworks(project)
	return Loaded{Project: r.project, comparison: comparison{model: project, full: true, mirror: r.mirror}}.Shape()
}

// IsFull reports whether Compose loads the project.
func (s Shape) IsFull() bool { return s.full != nil }

// Refusals counts the reasons for which Compose refuses the project.
func (s Shape) Refusals() int { return len(s.refused) }

func (l Loaded) modelParts() map[string]any {
	p := l.model
	return map[string]any{
		"name": p.Name, "services": p.Services, "disabled": p.DisabledServices, "jobs": p.Jobs, "disabledJobs": p.DisabledJobs,
		"networks": p.Networks, "volumes": p.Volumes, "secrets": p.Secrets, "configs": p.Configs, "models": p.Models,
		"extensions": p.Extensions, "profiles": p.Profiles, "workingDir": p.WorkingDir, "files": p.ComposeFiles,
	}
}

// partialParts are the services as they are written, and what portlint made of them.
func (l Loaded) partialParts() map[string]any {
	services := map[string]any{}
	for _, s := range l.Project.Services {
		s.Network.Span = lint.Span{}
		services[s.Name] = map[string]any{"active": s.Active, "replicas": s.Replicas, "profiles": s.Profiles,
			"depends_on": s.DependsOn, "awaits": s.Awaits, "network": s.Network}
	}
	return map[string]any{"name": l.Project.Name, "services": l.text, "outcome": services}
}

// toTree turns values into what JSON would have of them, or YAML: compose-go can't write every build.ssh as JSON.
func (l Loaded) toTree(parts map[string]any) (map[string]any, error) {
	decode := json.Unmarshal
	text, err := json.Marshal(parts)
	if err != nil {
		decode = func(text []byte, v any) error { return yaml.Unmarshal(text, v) }
		text, err = yaml.Marshal(parts)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot compare the project %q: %w", l.Project.Name, err)
	}

	var tree map[string]any
	if err := decode([]byte(l.mirror.strip(string(text))), &tree); err != nil {
		return nil, fmt.Errorf("cannot compare the project %q: %w", l.Project.Name, err)
	}
	return tree, nil
}

// refused lists the reasons for which Compose refuses the project or a port.
func (l Loaded) refused() []string {
	var out []string
	for _, d := range l.Project.Defects {
		out = append(out, d.Reason)
	}
	for _, p := range l.Project.Invalid {
		out = append(out, fmt.Sprintf("%q: %s", p.Service, p.Reason))
	}
	slices.Sort(out)
	return out
}

// bound lists the ports that the engine binds for each service, each once.
func (l Loaded) bound() map[string]string {
	out := map[string]string{}
	for _, s := range l.Project.Services {
		if s.Network.Publishing == lint.Published {
			var ports []string
			for _, b := range s.Bindings {
				ports = append(ports, fmt.Sprintf("%s>%d", b.Want(), b.Target))
			}
			slices.Sort(ports)
			out[s.Name] = strings.Join(slices.Compact(ports), " ")
		}
	}
	return out
}

// BindsAs reports whether the engine binds the same ports for a service of two projects, however often and in whatever
// order they are listed.
func (s Shape) BindsAs(o Shape, service string) bool { return s.bound[service] == o.bound[service] }

// takePorts takes the ports out of the services of a tree and pairs them with their items.
func (l Loaded) takePorts(tree map[string]any) map[string][]shapedPort {
	out := map[string][]shapedPort{}
	for _, section := range []string{"services", "disabled"} {
		services, _ := tree[section].(map[string]any)
		for name, v := range services {
			if service, ok := v.(map[string]any); ok {
				ports, _ := service["ports"].([]any)
				delete(service, "ports")
				out[name] = pairPorts(ports, l.bindings(name))
			}
		}
	}
	return out
}

// takeNames takes the names of containers and networks, subnets and addresses out of a tree and pairs them with their places.
func (l Loaded) takeNames(tree map[string]any) map[string]shapedName {
	out := map[string]shapedName{}
	for _, section := range []string{"services", "disabled"} {
		services, _ := tree[section].(map[string]any)
		for _, s := range l.Project.Services {
			service, _ := services[s.Name].(map[string]any)
			if name, ok := service["container_name"].(string); ok {
				delete(service, "container_name")
				out["services."+s.Name+".container_name"] = shapedName{at: s.ContainerName.Span, text: name}
			}
			on, _ := service["networks"].(map[string]any)
			for _, a := range s.Networks {
				attachment, _ := on[a.Network].(map[string]any)
				takeName(out, attachment, "ipv4_address", "services."+s.Name+".networks."+a.Network, a.IPv4)
			}
		}
	}
	l.takeNetworks(tree, out)
	return out
}

// takeNetworks takes the names of networks, and their subnets with the addresses in them, out of a tree.
func (l Loaded) takeNetworks(tree map[string]any, out map[string]shapedName) {
	networks, _ := tree["networks"].(map[string]any)
	for _, n := range l.Project.Networks {
		network, _ := networks[n.Key].(map[string]any)
		takeName(out, network, "name", "networks."+n.Key, n.Name)
		ipam, _ := network["ipam"].(map[string]any)
		configs, _ := ipam["config"].([]any)
		if len(configs) != len(n.Subnets) {
			continue
		}
		for i, s := range n.Subnets {
			config, _ := configs[i].(map[string]any)
			path := fmt.Sprintf("networks.%s.ipam.config[%d]", n.Key, i)
			takeName(out, config, "subnet", path, s.Subnet)
			takeName(out, config, "ip_range", path, s.Range)
			takeName(out, config, "gateway", path, s.Gateway)
			reserved, _ := config["aux_addresses"].(map[string]any)
			for name, v := range s.Reserved {
				takeName(out, reserved, name, path+".aux_addresses", v)
			}
		}
	}
}

// takeName takes a text out of a mapping of a tree, and pairs it with its place.
func takeName(out map[string]shapedName, from map[string]any, key, path string, v lint.Value) {
	if text, ok := from[key].(string); ok {
		delete(from, key)
		out[path+"."+key] = shapedName{at: v.Span, text: text}
	}
}

func (l Loaded) bindings(service string) []lint.Binding {
	if s := l.Project.Service(service); s != nil {
		return s.Bindings
	}
	return nil
}

func pairPorts(ports []any, bindings []lint.Binding) []shapedPort {
	var out []shapedPort
	next := 0
	for _, v := range ports {
		port, _ := v.(map[string]any)
		published, _ := port["published"].(string)
		delete(port, "published")
		shaped := shapedPort{published: published, rest: port}
		if next < len(bindings) && samePort(published, port, bindings[next]) {
			shaped.entry = bindings[next].Entry
			next++
		}
		out = append(out, shaped)
	}
	return out
}

// samePort reports whether a port of compose-go is the binding that join made of it.
func samePort(published string, port map[string]any, b lint.Binding) bool {
	ports, err := portRange(published)
	samePublished := b.Unknown || ports == b.Ports
	sameTarget := b.Target == 0 || fmt.Sprint(port["target"]) == fmt.Sprint(b.Target)
	return err == nil && samePublished && sameTarget
}

func (l Loaded) partialPorts() map[string][]shapedPort {
	out := map[string][]shapedPort{}
	for _, s := range l.Project.Services {
		for _, b := range s.Bindings {
			rest := fmt.Sprint(b.HostIP, b.Target, b.Proto, b.Unknown)
			out[s.Name] = append(out[s.Name], shapedPort{entry: b.Entry, published: b.PortText(), rest: rest})
		}
	}
	return out
}

// servicesAsWritten are all services with variables expanded and layers merged, without their ports.
func (t *fileTree) servicesAsWritten() map[string]any {
	all := map[string]any{}
	for name, s := range t.found {
		service := map[string]any{}
		for _, l := range s.layers {
			service = merged(service, l.decode(nil, l.expand))
		}
		delete(service, "ports")
		all[name] = service
	}
	return all
}

// keep remembers what Shape compares. An edited project may be one that Compose refused before.
func (r *reader) keep(project *types.Project, full bool) {
	if r.Unedited {
		r.compared = comparison{full: full}
		return
	}
	r.compared = comparison{model: project, full: full, mirror: r.mirror}
	if !full || len(r.Overlay) > 0 {
		r.compared.text = r.servicesAsWritten()
	}
}
