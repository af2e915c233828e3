// Package recognize says whom a file is for, by its name and its text. What looks like a Compose file, or like an env file, is
// decided here alone.
package recognize

import (
	"bytes"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose/syntax"
	"github.com/portlint/portlint/lint/lazyexp"
	"go.yaml.in/yaml/v4"
)

// IsText reports whether a text is meant for Compose: it has services as Compose writes them, or files to include. A text
// with a mistake, and one that is no YAML, counts as long as nothing says that it is meant for another program.
func IsText(name string, text []byte) bool { return Recognize(name, text).Purpose == ComposeFile }

// Purpose is what a YAML file is for, to Compose.
type Purpose int

// The purposes of a file.
const (
	Unclear      Purpose = iota // nothing says whom it is for, such as a file with networks alone
	ComposeFile                 // meant for Compose, with mistakes or without
	EmptyFile                   // nothing but comments, and `services` without one
	TemplateFile                // becomes a Compose file, or another one, when a program fills it in
	Foreign                     // meant for another program
)

// Recognition is what one look at a text says.
type Recognition struct {
	Purpose  Purpose
	Services map[string]bool // the services by name, and whether they have what a container is made of
	Includes bool            // it includes other files
	Version1 bool            // the services stand at top level, as Compose wrote them once

	Defined, Undefined []string // the networks that the file defines, and those that its services use beside these
}

// Recognize says whom a text is for.
func Recognize(name string, text []byte) Recognition {
	f := syntax.Parse(name, text)
	if f.Err != nil {
		return Recognition{Purpose: recognizeBroken(text)}
	}
	for _, doc := range f.Docs {
		if n := syntax.Resolve(doc.Root); !isNull(n) {
			return recognizeNode(name, n)
		}
	}
	return Recognition{Purpose: EmptyFile}
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
func recognizeNode(name string, root *yaml.Node) Recognition {
	if root.Kind == yaml.SequenceNode {
		return Recognition{Purpose: Foreign} // the tasks or the plays of Ansible
	}

	visits := syntax.MaxVisits
	top := syntax.Entries(root, &visits)
	if root.Kind != yaml.MappingNode || visits < 0 {
		return Recognition{}
	}

	services, include := syntax.Resolve(syntax.Get(top, "services")), syntax.Resolve(syntax.Get(top, "include"))
	switch {
	case isForeign(top):
		return Recognition{Purpose: Foreign}
	case isMappingWithKeys(services):
		return recognizeServices(name, top, services)
	case includesFiles(include):
		return Recognition{Purpose: ComposeFile, Includes: true}
	case hasMistakenServices(top):
		return Recognition{Purpose: ComposeFile, Version1: services == nil}
	case slices.ContainsFunc(top, func(e syntax.Entry) bool { return isForeignJob(e.Value) }):
		return Recognition{Purpose: Foreign}
	case !slices.ContainsFunc(top, func(e syntax.Entry) bool { return !saysNothing(e) }):
		return Recognition{Purpose: EmptyFile}
	case slices.ContainsFunc(top, func(e syntax.Entry) bool { return isComposeKey(e.Key.Value) }):
		return Recognition{}
	}
	return Recognition{Purpose: Foreign}
}

func isForeign(top []syntax.Entry) bool {
	alone := !anyMember(syntax.Get(top, "services"), isService)
	return slices.ContainsFunc(top, func(e syntax.Entry) bool {
		key := e.Key.Value
		if slices.Contains(otherPrograms, key) || alone && slices.Contains(othersAlone, key) {
			return true
		}
		return key == "jobs" && anyMember(e.Value, isForeignJob)
	})
}

func isComposeKey(key string) bool {
	return slices.Contains(composeKeys, key) || strings.HasPrefix(key, "x-")
}

// saysNothing is for keys that come before the services, and for `services` without any.
func saysNothing(e syntax.Entry) bool {
	return e.Key.Value == "version" || e.Key.Value == "name" || e.Key.Value == "services" && isNull(syntax.Resolve(e.Value))
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
	visits := syntax.MaxVisits
	return slices.ContainsFunc(syntax.Entries(n, &visits), func(e syntax.Entry) bool { return slices.Contains(keys, e.Key.Value) })
}

// anyMember reports whether a value of a mapping, or an item of a list, is so.
func anyMember(n *yaml.Node, is func(*yaml.Node) bool) bool {
	n = syntax.Resolve(n)
	if n != nil && n.Kind == yaml.SequenceNode {
		return slices.ContainsFunc(n.Content, is)
	}
	visits := syntax.MaxVisits
	return slices.ContainsFunc(syntax.Entries(n, &visits), func(e syntax.Entry) bool { return is(e.Value) })
}

// includesFiles tells an `include` of Compose from that of GitLab: paths, or mappings with a path.
func includesFiles(n *yaml.Node) bool {
	return n != nil && n.Kind == yaml.SequenceNode && anyMember(n, func(item *yaml.Node) bool {
		item = syntax.Resolve(item)
		return item != nil && item.Kind == yaml.ScalarNode || hasAny(item, "path")
	})
}

// isService recognizes a service, whatever it is part of: it says by a text what its containers are made of.
func isService(n *yaml.Node) bool {
	visits := syntax.MaxVisits
	all := syntax.Entries(n, &visits)
	image, build := syntax.Resolve(syntax.Get(all, "image")), syntax.Resolve(syntax.Get(all, "build"))
	return (isText(image) || isText(build) || hasAny(build, "context", "dockerfile", "dockerfile_inline")) && !isForeignJob(n)
}

func isText(n *yaml.Node) bool {
	return !isNull(n) && n.Kind == yaml.ScalarNode
}

// hasMistakenServices finds services where Compose does not look for them: in a list, under a misspelled key, or at top
// level, as in a file of version 1 or where the indentation was lost.
func hasMistakenServices(top []syntax.Entry) bool {
	services := syntax.Get(top, "services")
	listed := func(item *yaml.Node) bool { return anyMember(item, isService) }
	if anyMember(services, listed) {
		return true
	}

	atTop, others := false, false
	for _, e := range top {
		if isLikeServices(e.Key.Value) && anyMember(e.Value, isService) {
			return true
		}
		atTop = atTop || isService(e.Value)
		others = others || !isComposeKey(e.Key.Value) && !isMappingWithKeys(syntax.Resolve(e.Value))
	}
	return atTop && (services != nil || !others)
}

// isLikeServices reports whether a key is `services` with a slip: another case, one letter more or less, or two swapped.
func isLikeServices(key string) bool {
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
func recognizeServices(name string, top []syntax.Entry, services *yaml.Node) Recognition {
	r := Recognition{Purpose: ComposeFile, Services: map[string]bool{}, Includes: syntax.Get(top, "include") != nil}
	visits := syntax.MaxVisits
	r.Defined = memberNames(syntax.Get(top, "networks"))
	known, others := false, strings.Contains(strings.ToLower(name), "rancher-compose")
	for _, e := range syntax.Entries(services, &visits) {
		keys := syntax.Entries(e.Value, &visits)
		complete := syntax.Get(keys, "image") != nil || syntax.Get(keys, "build") != nil || syntax.Get(keys, "extends") != nil || syntax.Get(keys, "provider") != nil
		r.Services[e.Key.Value] = complete
		known = known || isService(e.Value) || syntax.Get(keys, "extends") != nil
		others = others || hasAny(e.Value, rancherKeys...) || isMappingWithKeys(syntax.Resolve(syntax.Get(keys, "image")))
		if isFilledIn(keys) {
			r.Purpose = TemplateFile
		}
		for _, network := range memberNames(syntax.Get(keys, "networks")) {
			if network != "default" && !slices.Contains(r.Defined, network) && !slices.Contains(r.Undefined, network) {
				r.Undefined = append(r.Undefined, network)
			}
		}
	}
	if others && !known {
		r.Purpose = Foreign
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
	if n = syntax.Resolve(n); n != nil && n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			names = append(names, item.Value)
		}
		return names
	}

	visits := syntax.MaxVisits
	for _, e := range syntax.Entries(n, &visits) {
		names = append(names, e.Key.Value)
	}
	return names
}

// isFilledIn reports whether a program still has to fill in the image or a port of a service: Compose and the engine have no
// such marks there.
func isFilledIn(keys []syntax.Entry) bool {
	marked := func(n *yaml.Node) bool { n = syntax.Resolve(n); return n != nil && strings.Contains(n.Value, "{{") }
	return marked(syntax.Get(keys, "image")) || anyMember(syntax.Get(keys, "ports"), func(item *yaml.Node) bool {
		return marked(item) || anyMember(item, marked)
	})
}

var (
	// filledIn is a line, or a value, that begins with a mark of Go, Jinja, Handlebars or ERB. One that does not end on its line is
	// a mapping with a brace too many.
	filledIn = lazyexp.New(`(?m)^[ \t]*(?:- +)?(?:["']?[\w./-]+["']?: +)?(?:\{\{[^{}\n]*\}\}|\{%|<%)|\{%-? `)
	// topKey is a key at the beginning of a line.
	topKey = lazyexp.New(`(?m)^["']?([A-Za-z][\w.-]*)["']?[ \t]*:`)
	// topItem is the first line of a list at top level.
	topItem = lazyexp.New(`\A(?:[ \t]*(?:#.*)?\r?\n|---.*\n)*- `)
	// madeOf is what only services have.
	madeOf = lazyexp.New(`(?m)^[ \t]+["']?(?:image|build)["']?[ \t]*:`)
)

// recognizeBroken goes by the lines of a text that is no YAML.
func recognizeBroken(text []byte) Purpose {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if filledIn().Match(text) {
		return TemplateFile
	}
	if topItem().Match(text) {
		return Foreign
	}

	likely := false
	for _, m := range topKey().FindAllSubmatch(text, -1) {
		key := string(m[1])
		if slices.Contains(otherPrograms, key) || slices.Contains(othersAlone, key) || key == "jobs" {
			return Foreign
		}
		likely = likely || key == "include" || isLikeServices(key)
	}
	if likely || madeOf().Match(text) {
		return ComposeFile
	}
	return Unclear
}

// IsCandidate reports whether a file of a name that is recognized so may make a project. What has one of Compose's own names
// is refused by Compose as long as nothing says that it is meant for another program.
func (r Recognition) IsCandidate(name string) bool {
	if IsDefaultName(name) {
		return r.Purpose != Foreign && r.Purpose != TemplateFile
	}
	return r.Purpose == ComposeFile
}
