package compose

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// composeName is what people call a Compose file. One with another name is found when it is named. The hooks of
// pre-commit are called for the same names; a test compares the two.
var composeName = regexp.MustCompile(`^(?:.*[-_.])?(?i:(?:docker[-_]?)?compose)(?:[-_.].*)?\.(?i:ya?ml)$`)

// IsName reports whether a file, named without its directory, is called like a Compose file.
func IsName(name string) bool { return composeName.MatchString(name) }

// IsText reports whether a text is meant for Compose: it has services as Compose writes them, or files to include. A text
// with a mistake, and one that is no YAML, counts as long as nothing says that it is meant for another program.
func IsText(name string, text []byte) bool { return recognize(name, text).purpose == composeFile }

// purpose is what a YAML file is for, as far as Compose is concerned.
type purpose int

const (
	unclear      purpose = iota // nothing says whom it is for, such as a file with networks alone
	composeFile                 // meant for Compose, with mistakes or without
	emptyFile                   // nothing but comments, and `services` without one
	templateFile                // becomes a Compose file, or another one, when a program fills it in
	foreign                     // meant for another program
)

// recognition is what one look at a text says.
type recognition struct {
	purpose  purpose
	services map[string]bool // the services by name, and whether they have what a container is made of
	includes bool            // it includes other files
	version1 bool            // the services stand at top level, as Compose wrote them once

	defined, undefined []string // the networks that the file defines, and those that its services use beside these
}

// recognize says whom a text is for.
func recognize(name string, text []byte) recognition {
	f := parse(name, text)
	if f.err != nil {
		return recognition{purpose: recognizeBroken(text)}
	}
	for _, doc := range f.docs {
		if n := resolve(doc.root); !isNull(n) {
			return recognizeNode(name, n)
		}
	}
	return recognition{purpose: emptyFile}
}

// otherPrograms are the top-level keys by which files of other programs are known, whatever else they have: Kubernetes and
// what follows it, GitLab, CircleCI, Azure, Woodpecker, Drone, Bitbucket. othersAlone are those of GitHub, Travis and Ansible;
// beside services that Compose could start they are a mistake. Compose has none of them.
var (
	otherPrograms = []string{"apiVersion", "stages", "workflows", "steps", "pipeline", "pipelines", "before_script"}
	othersAlone   = []string{"on", "script", "language", "hosts", "tasks", "handlers"}
)

// composeKeys are the top-level keys of Compose. Source: compose-go schema/compose-spec.json.
var composeKeys = []string{"version", "name", "include", "services", "models", "networks", "volumes", "secrets", "configs"}

// recognizeNode looks at the first document that says something.
func recognizeNode(name string, root *yaml.Node) recognition {
	if root.Kind == yaml.SequenceNode {
		return recognition{purpose: foreign} // the tasks or the plays of Ansible
	}
	visits := maxVisits
	top := entries(root, &visits)
	if root.Kind != yaml.MappingNode || visits < 0 {
		return recognition{}
	}
	services, include := resolve(get(top, "services")), resolve(get(top, "include"))
	switch {
	case isForeign(top):
		return recognition{purpose: foreign}
	case isMappingWithKeys(services):
		return recognizeServices(name, top, services)
	case includesFiles(include):
		return recognition{purpose: composeFile, includes: true}
	case hasMistakenServices(top):
		return recognition{purpose: composeFile, version1: services == nil}
	case slices.ContainsFunc(top, func(e entry) bool { return isForeignJob(e.value) }):
		return recognition{purpose: foreign}
	case !slices.ContainsFunc(top, func(e entry) bool { return !saysNothing(e) }):
		return recognition{purpose: emptyFile}
	case slices.ContainsFunc(top, func(e entry) bool { return isComposeKey(e.key.Value) }):
		return recognition{}
	}
	return recognition{purpose: foreign}
}

func isForeign(top []entry) bool {
	alone := !anyMember(get(top, "services"), isService)
	return slices.ContainsFunc(top, func(e entry) bool {
		return slices.Contains(otherPrograms, e.key.Value) || alone && slices.Contains(othersAlone, e.key.Value) ||
			e.key.Value == "jobs" && anyMember(e.value, isForeignJob)
	})
}

func isComposeKey(key string) bool {
	return slices.Contains(composeKeys, key) || strings.HasPrefix(key, "x-")
}

// saysNothing is for keys that come before the services, and for `services` without any.
func saysNothing(e entry) bool {
	return e.key.Value == "version" || e.key.Value == "name" || e.key.Value == "services" && isNull(resolve(e.value))
}

func isNull(n *yaml.Node) bool { return n == nil || n.Tag == "!!null" }

func isMappingWithKeys(n *yaml.Node) bool {
	return n != nil && n.Kind == yaml.MappingNode && len(n.Content) > 0
}

// isForeignJob recognizes a job of a workflow or of a pipeline.
func isForeignJob(n *yaml.Node) bool {
	return hasAny(n, "steps", "script", "runs-on", "uses", "machine", "stage")
}

// hasAny reports whether a mapping has one of the keys.
func hasAny(n *yaml.Node, keys ...string) bool {
	visits := maxVisits
	return slices.ContainsFunc(entries(n, &visits), func(e entry) bool { return slices.Contains(keys, e.key.Value) })
}

// anyMember reports whether a value of a mapping, or an item of a list, is so.
func anyMember(n *yaml.Node, is func(*yaml.Node) bool) bool {
	n = resolve(n)
	if n != nil && n.Kind == yaml.SequenceNode {
		return slices.ContainsFunc(n.Content, is)
	}
	visits := maxVisits
	return slices.ContainsFunc(entries(n, &visits), func(e entry) bool { return is(e.value) })
}

// includesFiles tells an `include` of Compose from that of GitLab: paths, or mappings with a path.
func includesFiles(n *yaml.Node) bool {
	return n != nil && n.Kind == yaml.SequenceNode && anyMember(n, func(item *yaml.Node) bool {
		item = resolve(item)
		return item != nil && item.Kind == yaml.ScalarNode || hasAny(item, "path")
	})
}

// isService recognizes a service, whatever it is part of: it says by a text what its containers are made of.
func isService(n *yaml.Node) bool {
	visits := maxVisits
	all := entries(n, &visits)
	image, build := resolve(get(all, "image")), resolve(get(all, "build"))
	return (isText(image) || isText(build) || hasAny(build, "context", "dockerfile", "dockerfile_inline")) && !isForeignJob(n)
}

func isText(n *yaml.Node) bool {
	return !isNull(n) && n.Kind == yaml.ScalarNode
}

// hasMistakenServices finds services where Compose does not look for them: in a list, under a misspelled key, or at top
// level, as in a file of version 1 or where the indentation was lost.
func hasMistakenServices(top []entry) bool {
	services := get(top, "services")
	listed := func(item *yaml.Node) bool { return anyMember(item, isService) }
	if anyMember(services, listed) {
		return true
	}
	atTop, others := false, false
	for _, e := range top {
		if isNearServices(e.key.Value) && anyMember(e.value, isService) {
			return true
		}
		atTop = atTop || isService(e.value)
		others = others || !isComposeKey(e.key.Value) && !isMappingWithKeys(resolve(e.value))
	}
	return atTop && (services != nil || !others)
}

// isNearServices reports whether a key is `services` with a slip: another case, one letter more or less, or two swapped.
func isNearServices(key string) bool {
	const want = "services"
	key = strings.ToLower(key)
	if len(key) < len(want)-1 || len(key) > len(want)+1 {
		return false
	}
	start := 0
	for start < len(key) && start < len(want) && key[start] == want[start] {
		start++
	}
	rest, wanted := key[start:], want[start:]
	end := 0
	for end < len(rest) && end < len(wanted) && rest[len(rest)-1-end] == wanted[len(wanted)-1-end] {
		end++
	}
	return len(rest)-end <= 2 && len(wanted)-end <= 2
}

// recognizeServices looks at the services of a file that has some.
func recognizeServices(name string, top []entry, services *yaml.Node) recognition {
	r := recognition{purpose: composeFile, services: map[string]bool{}, includes: get(top, "include") != nil}
	visits := maxVisits
	r.defined = memberNames(get(top, "networks"))
	known, others := false, strings.Contains(strings.ToLower(name), "rancher-compose")
	for _, e := range entries(services, &visits) {
		keys := entries(e.value, &visits)
		complete := get(keys, "image") != nil || get(keys, "build") != nil || get(keys, "extends") != nil || get(keys, "provider") != nil
		r.services[e.key.Value] = complete
		known = known || isService(e.value) || get(keys, "extends") != nil
		others = others || hasAny(e.value, rancherKeys...) || isMappingWithKeys(resolve(get(keys, "image")))
		if isFilledIn(keys) {
			r.purpose = templateFile
		}
		for _, network := range memberNames(get(keys, "networks")) {
			if network != "default" && !slices.Contains(r.defined, network) && !slices.Contains(r.undefined, network) {
				r.undefined = append(r.undefined, network)
			}
		}
	}
	if others && !known {
		r.purpose = foreign
	}
	return r
}

// rancherKeys are what only Rancher has in a service, and an image of Helm is a mapping. Rancher reads such a file beside
// that of Compose.
var rancherKeys = []string{"start_on_create", "health_check", "lb_config", "load_balancer_config", "upgrade_strategy", "retain_ip",
	"external_ips", "storage_driver", "network_driver"}

// memberNames are the items of a list, or the keys of a mapping.
func memberNames(n *yaml.Node) []string {
	var names []string
	if n = resolve(n); n != nil && n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			names = append(names, item.Value)
		}
		return names
	}
	visits := maxVisits
	for _, e := range entries(n, &visits) {
		names = append(names, e.key.Value)
	}
	return names
}

// isFilledIn reports whether a program still has to fill in the image or a port of a service: Compose and the engine have no
// such marks there.
func isFilledIn(keys []entry) bool {
	marked := func(n *yaml.Node) bool { n = resolve(n); return n != nil && strings.Contains(n.Value, "{{") }
	return marked(get(keys, "image")) || anyMember(get(keys, "ports"), func(item *yaml.Node) bool {
		return marked(item) || anyMember(item, marked)
	})
}

var (
	// filledIn is a line, or a value, that begins with a mark of Go, Jinja, Handlebars or ERB. One that does not end on its line is
	// a mapping with a brace too many.
	filledIn = regexp.MustCompile(`(?m)^[ \t]*(?:- +)?(?:["']?[\w./-]+["']?: +)?(?:\{\{[^{}\n]*\}\}|\{%|<%)|\{%-? `)
	// topKey is a key at the beginning of a line.
	topKey = regexp.MustCompile(`(?m)^["']?([A-Za-z][\w.-]*)["']?[ \t]*:`)
	// topItem is the first line of a list at top level.
	topItem = regexp.MustCompile(`\A(?:[ \t]*(?:#.*)?\r?\n|---.*\n)*- `)
	// madeOf is what only services have.
	madeOf = regexp.MustCompile(`(?m)^[ \t]+["']?(?:image|build)["']?[ \t]*:`)
)

// recognizeBroken goes by the lines of a text that is no YAML.
func recognizeBroken(text []byte) purpose {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if filledIn.Match(text) {
		return templateFile
	}
	if topItem.Match(text) {
		return foreign
	}
	likely := false
	for _, m := range topKey.FindAllSubmatch(text, -1) {
		key := string(m[1])
		if slices.Contains(otherPrograms, key) || slices.Contains(othersAlone, key) || key == "jobs" {
			return foreign
		}
		likely = likely || key == "include" || isNearServices(key)
	}
	if likely || madeOf.Match(text) {
		return composeFile
	}
	return unclear
}
