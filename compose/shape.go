package compose

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/lint"
)

// Shape is all that a project is, for comparing: the whole of compose-go's project and where each port of it is
// written. Of a project that Compose refuses it is what portlint could read, with the reasons.
type Shape struct {
	tree  map[string]any          // with services.NAME.ports taken out
	ports map[string][]shapedPort // by service
}

// shapedPort is one published port with its item in the file.
type shapedPort struct {
	entry     lint.Span
	published string
	rest      any // everything else of it
}

// Shape makes the project comparable.
func (l Loaded) Shape() (Shape, error) {
	tree, err := l.tree()
	if err != nil {
		return Shape{}, err
	}
	s := Shape{tree: tree, ports: map[string][]shapedPort{}}
	for _, section := range []string{"services", "disabled"} {
		services, _ := tree[section].(map[string]any)
		for name, v := range services {
			service, ok := v.(map[string]any)
			if !ok {
				continue
			}
			ports, _ := service["ports"].([]any)
			delete(service, "ports")
			s.ports[name] = l.shapePorts(name, ports)
		}
	}
	return s, nil
}

// tree is the project as JSON would have it.
func (l Loaded) tree() (map[string]any, error) {
	p := l.model
	parts := map[string]any{
		"name": p.Name, "services": p.Services, "disabled": p.DisabledServices, "jobs": p.Jobs, "disabledJobs": p.DisabledJobs,
		"networks": p.Networks, "volumes": p.Volumes, "secrets": p.Secrets, "configs": p.Configs, "models": p.Models,
		"extensions": p.Extensions, "profiles": p.Profiles, "workingDir": p.WorkingDir, "files": p.ComposeFiles,
	}
	if !l.exact {
		parts["text"], parts["refused"] = l.text, l.refused()
	}
	text, err := json.Marshal(parts)
	if err != nil {
		return nil, fmt.Errorf("cannot compare the project %q: %w", l.Project.Name, err)
	}
	var tree map[string]any
	if err := json.Unmarshal([]byte(l.mirror.strip(string(text))), &tree); err != nil {
		return nil, fmt.Errorf("cannot compare the project %q: %w", l.Project.Name, err)
	}
	return tree, nil
}

// refused lists the reasons for which Compose refuses the project or a port.
func (l Loaded) refused() []string {
	var out []string
	for _, d := range l.Project.Defects {
		out = append(out, d.Span.File+" "+d.Reason)
	}
	for _, p := range l.Project.Invalid {
		out = append(out, p.Service+" "+p.Text+" "+p.Reason)
	}
	slices.Sort(out)
	return out
}

// shapePorts pairs the ports of a service, as compose-go has them, with their items. Without an exact project the
// ports are those that portlint read.
func (l Loaded) shapePorts(service string, ports []any) []shapedPort {
	var bindings []lint.Binding
	if s := l.Project.Service(service); s != nil {
		bindings = s.Bindings
	}
	var out []shapedPort
	if !l.exact {
		for _, b := range bindings {
			out = append(out, shapedPort{b.Entry, b.Ports(), fmt.Sprint(b.HostIP, b.Target, b.Proto, b.Unknown)})
		}
		return out
	}
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
	first, last, err := portRange(published)
	target, _ := port["target"].(float64)
	return err == nil && (b.Unknown || first == b.First && last == b.Last) && (b.Target == 0 || int(target) == int(b.Target))
}

// Move gives the item at entry other host ports: from is its lowest one so far, to the new one. It reports how many
// ports of the project are affected. The Shape that it is called on stays as it is.
func (s Shape) Move(entry lint.Span, from, to uint16) (Shape, int) {
	out := Shape{tree: s.tree, ports: map[string][]shapedPort{}}
	count := 0
	for name, ports := range s.ports {
		ports = slices.Clone(ports)
		for i, p := range ports {
			if p.entry == entry && entry.Known() {
				ports[i].published = shifted(p.published, int(to)-int(from))
				count++
			}
		}
		out.ports[name] = ports
	}
	return out, count
}

// shifted adds to each number of a port or range.
func shifted(published string, by int) string {
	if by == 0 {
		return published
	}
	first, last, err := portRange(published)
	switch {
	case err != nil || first == 0:
		return published
	case first == last:
		return strconv.Itoa(int(first) + by)
	}
	return fmt.Sprintf("%d-%d", int(first)+by, int(last)+by)
}

// WithPortsOf takes the ports of a service from another Shape.
func (s Shape) WithPortsOf(service string, o Shape) Shape {
	ports := maps.Clone(s.ports)
	if theirs, ok := o.ports[service]; ok {
		ports[service] = theirs
	}
	return Shape{tree: s.tree, ports: ports}
}

// Differences lists what is not the same in two projects, as paths such as services.web.ports[0].published, sorted.
// Where items stand in the files is not compared.
func (s Shape) Differences(o Shape) []string {
	var out []string
	differ("", s.tree, o.tree, &out)
	for _, name := range slices.Sorted(maps.Keys(union(s.ports, o.ports))) {
		a, b := s.ports[name], o.ports[name]
		path := "services." + name + ".ports"
		if len(a) != len(b) {
			out = append(out, path)
			continue
		}
		for i := range a {
			if a[i].published != b[i].published {
				out = append(out, fmt.Sprintf("%s[%d].published", path, i))
			}
			differ(fmt.Sprintf("%s[%d]", path, i), a[i].rest, b[i].rest, &out)
		}
	}
	slices.Sort(out)
	return out
}

func union[V any](a, b map[string]V) map[string]V {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// differ adds the paths below which two decoded values are not the same.
func differ(path string, a, b any, out *[]string) {
	x, ok := a.(map[string]any)
	y, too := b.(map[string]any)
	if ok && too {
		for key := range union(x, y) {
			differ(strings.TrimPrefix(path+"."+key, "."), x[key], y[key], out)
		}
		return
	}
	if !reflect.DeepEqual(a, b) {
		*out = append(*out, path)
	}
}

// texts are all services as they are written, expanded and merged: what is compared of a project that Compose refuses.
func (r *reader) texts() map[string]any {
	all := map[string]any{}
	for name, s := range r.found {
		service := map[string]any{}
		for _, l := range s.layers {
			service = merged(service, l.decode(nil, l.expand))
		}
		delete(service, "ports")
		all[name] = service
	}
	return all
}

// keep remembers what Shape compares.
func (r *reader) keep(project *types.Project, exact bool) {
	r.model, r.exact = project, exact
	if !exact {
		r.text = r.texts()
	}
}
