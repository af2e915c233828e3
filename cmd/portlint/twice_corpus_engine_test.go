//go:build linux

package main

import (
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/find"
)

// playedOfCorpus is how many real projects are played: some with subnets, which some are given as few have one, some with container
// names, the others with ports alone.
const playedOfCorpus = 30

// TestEngineTwiceCorpus makes second checkouts of real projects, with all images replaced.
func TestEngineTwiceCorpus(t *testing.T) {
	dir := dataDir(t, "PORTLINT_CORPUS")
	shapes := shapesOfCorpus(t, dir)
	for i, s := range shapes["name"] {
		if made := withNetwork(t, s, i); made.files != "" && len(shapes["subnet"]) < playedOfCorpus {
			shapes["subnet"] = append(shapes["subnet"], made)
		}
	}
	realEngines(t, func(t *testing.T, e realEngine) {
		b := newBothCheckouts(t, e)
		played, outcomes := 0, map[string]int{}
		for i, kind := range []string{"subnet", "name", "ports"} {
			for _, s := range shapes[kind] {
				if played == playedOfCorpus*(i+1)/3 {
					break
				}
				t.Run(kind+" "+s.name, func(t *testing.T) {
					outcome := b.play(t, s.files)
					if outcome == "" {
						t.Skip("the first checkout does not start without what was taken away")
					}
					played++
					outcomes[kind+" "+outcome]++
				})
			}
		}
		t.Logf("%d played: %v", played, outcomes)
		if played < playedOfCorpus {
			t.Errorf("only %d were played", played)
		}
	})
}

// shapesOfCorpus are real projects that are not too large, by what they fix, in an order that says nothing of them.
func shapesOfCorpus(t *testing.T, dir string) map[string][]shapeOfProject {
	t.Helper()
	found, err := find.Projects(t.Context(), compose.Options{Dir: dir, Static: true}, []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	shapes := map[string][]shapeOfProject{}
	for _, o := range found.Projects {
		if len(o.Files) != 1 {
			continue
		}
		text, err := os.ReadFile(o.Files[0])
		if err != nil {
			t.Fatal(err)
		}
		rel, _ := filepath.Rel(dir, o.Files[0])
		if file, kind := onlyShape(text); kind != "" {
			shapes[kind] = append(shapes[kind], shapeOfProject{name: filepath.ToSlash(rel), files: file})
		}
	}

	order := func(s shapeOfProject) uint32 {
		h := fnv.New32a()
		_, _ = h.Write([]byte(s.name)) // a hash never fails
		return h.Sum32()
	}
	for _, list := range shapes {
		slices.SortFunc(list, func(a, b shapeOfProject) int { return int(int64(order(a)) - int64(order(b))) })
	}
	return shapes
}

// withNetwork is a shape whose services are on a network with a subnet, one of them at a fixed address: as literals, of a variable, on a
// network with a name, or on one that is there. It has no files where a service says otherwise which network it is on.
func withNetwork(t *testing.T, s shapeOfProject, nth int) shapeOfProject {
	t.Helper()
	var doc map[string]any
	if err := yaml.Unmarshal([]byte(s.files), &doc); err != nil {
		t.Fatal(err)
	}
	base := fmt.Sprintf("10.226.%d", nth)
	network := map[string]any{}
	switch nth % 4 {
	case 1:
		base = "${MADE_SUBNET:-" + base + "}"
	case 2:
		network["name"] = fmt.Sprint("tw-made-", nth)
	case 3:
		network["external"], network["name"], base = true, externalNetwork, "10.224.0"
	}
	if network["external"] == nil {
		network["ipam"] = map[string]any{"config": []any{map[string]any{"subnet": base + ".0/24", "gateway": base + ".1"}}}
	}

	services, _ := doc["services"].(map[string]any)
	for i, name := range slices.Sorted(maps.Keys(services)) {
		service, _ := services[name].(map[string]any)
		if service["network_mode"] != nil || service["networks"] != nil {
			return shapeOfProject{}
		}
		on := map[string]any{}
		if i == 0 {
			on["ipv4_address"] = base + ".9"
		}
		service["networks"] = map[string]any{"made": on}
	}
	doc["networks"] = map[string]any{"made": network}
	text, err := yaml.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return shapeOfProject{name: s.name, files: string(text)}
}

// mostServices keeps the test short.
const mostServices = 8

// comparedKeys is what of a service decides whether two checkouts run.
var comparedKeys = []string{"ports", "container_name", "networks", "network_mode", "profiles", "depends_on", "scale", "volumes"}

// onlyShape is a Compose file without what needs an image, a machine or other files, and what it fixes: "" for one that is too large,
// has nothing to look at, or can't be cut down.
func onlyShape(text []byte) (file, kind string) {
	var doc map[string]any
	if yaml.Unmarshal(text, &doc) != nil || doc["include"] != nil {
		return "", ""
	}
	services, _ := doc["services"].(map[string]any)
	if len(services) == 0 || len(services) > mostServices {
		return "", ""
	}

	own, _ := doc["volumes"].(map[string]any)
	for name, v := range services {
		s, ok := v.(map[string]any)
		if !ok || s["extends"] != nil {
			return "", ""
		}
		out := map[string]any{"image": "i"}
		for _, key := range comparedKeys {
			if s[key] != nil {
				out[key] = s[key]
			}
		}
		out["depends_on"] = namesIn(s["depends_on"])
		out["volumes"] = volumesIn(s["volumes"], own)
		services[name] = out
		switch {
		case s["container_name"] != nil && kind != "subnet":
			kind = "name"
		case s["ports"] != nil && kind == "":
			kind = "ports"
		}
	}

	networks, _ := doc["networks"].(map[string]any)
	for _, v := range networks {
		if n, ok := v.(map[string]any); ok && n["ipam"] != nil {
			kind = "subnet"
		}
	}
	remaining := map[string]any{"services": services}
	for _, key := range []string{"name", "networks"} {
		if doc[key] != nil {
			remaining[key] = doc[key]
		}
	}
	if len(own) > 0 {
		remaining["volumes"] = own
	}
	cut, err := yaml.Marshal(remaining)
	if err != nil {
		return "", ""
	}
	return string(cut), kind
}

// namesIn are the services of depends_on, whatever is asked of them.
func namesIn(v any) []any {
	list, _ := v.([]any)
	names, _ := v.(map[string]any)
	for name := range names {
		list = append(list, name)
	}
	return list
}

// volumesIn are the volumes of the project among what a service mounts.
func volumesIn(v any, own map[string]any) []any {
	list, _ := v.([]any)
	var out []any
	for _, one := range list {
		text, _ := one.(string)
		name, path, _ := strings.Cut(text, ":")
		if _, is := own[name]; is && strings.HasPrefix(path, "/") {
			out = append(out, text)
		}
	}
	return out
}
