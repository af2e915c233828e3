package compose

import (
	"maps"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose/mention"
	"github.com/portlint/portlint/compose/syntax"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
	"go.yaml.in/yaml/v4"
)

// textScan reads the plain texts of a project's files and of those beside it.
type textScan struct {
	*fileTree

	project *lint.Project     // gets what is found
	beside  []*syntax.File    // other files that a mention points into
	copies  []map[string]Copy // see Loaded.Copies
}

// scan reads from the plain text of the files what YAML does not tell: ignore comments, other places that name a port or a
// container, and variable names in use.
func (t *textScan) scan(ports int) {
	for _, path := range t.order {
		f := t.walker.files[path]
		t.project.Ignores = append(t.project.Ignores, ignores(f)...)
		t.project.Mentions = append(t.project.Mentions, t.mentionsIn(f)...)
	}
	names := t.containerNames()
	t.nameMentionsIn(names)
	subnets := t.project.OwnSubnets()
	if ports > 0 || len(names)+len(subnets) > 0 {
		t.mentionsBeside(mention.Project{Dir: t.dir, Disk: t.disk, ContainerPaths: t.containerPaths(), Ports: ports > 0, Names: names, Subnets: subnets})
	}

	t.scanNames()
	if len(t.project.Mentions) > 0 {
		elsewhere := coverOf(t.elsewhere())
		t.project.Mentions = slices.DeleteFunc(t.project.Mentions, func(m lint.Mention) bool { return elsewhere.has(m.Span) })
	}
}

// elsewhere lists the spans whose numbers are no mentions of a host port: the `ports` items themselves, and what runs
// inside a container.
func (t *fileTree) elsewhere() []lint.Span {
	var spans []lint.Span
	for _, s := range t.found {
		for _, it := range s.items {
			spans = append(spans, it.layer.file.Span(syntax.Resolve(it.node)))
		}
		for _, l := range s.layers {
			for _, key := range []string{"healthcheck", "command", "entrypoint"} {
				if n := l.find(key); n != nil {
					spans = append(spans, l.file.Span(n))
				}
			}
		}
	}
	return spans
}

// cover are spans by file, in order and without overlap.
type cover map[string][]lint.Span

// coverOf makes one span of those that overlap.
func coverOf(spans []lint.Span) cover {
	slices.SortFunc(spans, lint.Span.Compare)
	c := cover{}
	for _, s := range spans {
		of := c[s.File]
		if n := len(of); n > 0 && s.Start < of[n-1].End {
			of[n-1].End = max(of[n-1].End, s.End)
			continue
		}
		c[s.File] = append(of, s)
	}
	return c
}

// has reports whether a place begins in one of the spans.
func (c cover) has(place lint.Span) bool {
	of := c[place.File]
	i, exact := slices.BinarySearchFunc(of, place.Start, func(s lint.Span, start int) int { return s.Start - start })
	return exact && of[i].Contains(place) || i > 0 && of[i-1].Contains(place)
}

var variable = lazyexp.New(`\$\{?([A-Za-z_][A-Za-z0-9_]*)`)

// environmentKeys are the names that a service sets inside its container, or while its image is built: one without a
// value takes it from the environment of Compose.
func environmentKeys(l *layer) []string {
	return append(namesIn(l, l.find("environment")), namesIn(l, l.find("build", "args"))...)
}

// environmentSources are the variables that are the content of a secret or a config.
func environmentSources(f *syntax.File) []string {
	var names []string
	visits := syntax.MaxVisits
	for _, doc := range f.Docs {
		root := syntax.Entries(doc.Root, &visits)
		for _, section := range []string{"secrets", "configs"} {
			for _, e := range syntax.Entries(syntax.Get(root, section), &visits) {
				if n := syntax.Resolve(syntax.Lookup(e.Value, "environment", &visits)); n != nil {
					names = append(names, n.Value)
				}
			}
		}
	}
	return names
}

// namesIn are the names of a mapping, or of a list of NAME=value.
func namesIn(l *layer, n *yaml.Node) []string {
	if n == nil {
		return nil
	}

	var names []string
	visits := syntax.MaxVisits
	for _, e := range syntax.Entries(n, &visits) {
		names = append(names, e.Key.Value)
	}

	for _, s := range texts(l.env, n) {
		name, _, _ := strings.Cut(s, "=")
		names = append(names, name)
	}
	return names
}

// mentionsIn are the mentions of a Compose file; of defaults only those that are in force.
func (t *fileTree) mentionsIn(f *syntax.File) []lint.Mention {
	return slices.DeleteFunc(mention.InCompose(f), func(m lint.Mention) bool {
		_, isSet := t.env.lookup(m.Var)
		return m.Var != "" && isSet
	})
}

// mentionsBeside adds the mentions in the files beside the project.
func (t *textScan) mentionsBeside(p mention.Project) {
	for _, m := range mention.Beside(p) {
		t.project.Mentions = append(t.project.Mentions, m.Mentions...)
		t.addNameMentions(m.Names)
		t.project.Addresses = append(t.project.Addresses, m.Addresses...)
		t.beside = append(t.beside, &syntax.File{Path: m.Path, Text: m.Text})
	}
	slices.SortStableFunc(t.project.NameMentions, func(a, b lint.NameMention) int { return a.Span.Compare(b.Span) })
}

// containerNames are the names that the files give to containers, each with whether nothing else of the project is reached by it. The
// networks know a service by its own name, its aliases and the host name of its container too.
func (t *textScan) containerNames() mention.Names {
	names := mention.Names{}
	for _, s := range t.project.Services {
		v := s.ContainerName
		inFiles := v.Literal() || v.Text != "" && v.From.Kind == lint.FromDefault
		if inFiles && !s.Provider {
			names[v.Text] = true
		}
	}

	known := func(name string) {
		if names[name] {
			names[name] = false
		}
	}
	for name, s := range t.found {
		known(name)
		for _, l := range s.layers {
			known(text(l.env, l.find("hostname")))
			visits := syntax.MaxVisits
			for _, on := range syntax.Entries(l.find("networks"), &visits) {
				for _, alias := range texts(l.env, syntax.Lookup(on.Value, "aliases", &visits)) {
					known(alias)
				}
			}
		}
	}
	return names
}

// nameMentionsIn adds where services say that they reach a container by its name.
func (t *textScan) nameMentionsIn(names mention.Names) {
	if len(names) == 0 {
		return
	}

	var spans []lint.Span
	texts := map[string][]byte{}
	for _, s := range t.found {
		for _, l := range s.layers {
			texts[l.file.Path] = l.file.Text
			for _, key := range []string{"command", "entrypoint", "environment", "healthcheck", "labels"} {
				if n := l.find(key); n != nil {
					spans = append(spans, l.file.Span(n))
				}
			}
		}
	}

	said := coverOf(spans)
	for _, file := range slices.Sorted(maps.Keys(said)) {
		for _, span := range said[file] {
			t.addNameMentions(names.Hosts(file, texts[file], span.Start, span.End))
		}
	}
}

// maxNameMentions bounds the places that are kept.
const maxNameMentions = 100

func (t *textScan) addNameMentions(found []lint.NameMention) {
	left := maxNameMentions - len(t.project.NameMentions)
	t.project.NameMentions = append(t.project.NameMentions, found[:min(len(found), left)]...)
}
