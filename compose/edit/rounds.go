package edit

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/portlint/portlint/lint"
)

// Rounds are rounds of fixes one after the other: what was found out about a project is not found out again while no file
// of it changes, and neither is why a fix was refused. The zero value has had none.
type Rounds struct {
	subjects map[string]*subject // of the round before, by identity
	refusals sync.Map            // why, by refusalKey
}

// separate puts those fixes into one group that may have to do with each other, and all projects that they may have to do with.
func (k *Rounds) separate(targets []Target, all []*candidate) []*group {
	files, union := map[string]bool{}, sets{}
	for _, c := range all {
		own := c.allFiles()
		union.join(own)
		for _, file := range own {
			files[file] = true
		}
	}
	sorted := slices.Sorted(maps.Keys(files))
	around := &surroundings{targets: targets, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}

	subjects := k.subjectsOf(targets, sorted)
	for _, s := range subjects {
		read := slices.Sorted(maps.Keys(s.reads))
		union.join(read)
		for _, file := range read {
			if s.target.Loaded.Sources[file] != nil { // two projects of one directory see the same variables
				union.join([]string{file, "directory " + s.target.Loaded.Project.Dir})
			}
		}
	}

	var groups []*group
	byRoot := map[string]*group{}
	for _, c := range all {
		root := union.root(c.allFiles()[0])
		if byRoot[root] == nil {
			byRoot[root] = &group{surroundings: around, files: map[string]*original{}, refusals: &k.refusals}
			groups = append(groups, byRoot[root])
		}
		byRoot[root].candidates = append(byRoot[root].candidates, c)
	}
	for _, s := range subjects {
		for file := range s.reads {
			g := byRoot[union.root(file)]
			g.subjects = append(g.subjects, s)
			break
		}
	}
	return groups
}

// allFiles are the files of all fixes that come into question, in order.
func (c *candidate) allFiles() []string {
	files := map[string]bool{}
	for _, fix := range c.fixes {
		for _, e := range fix.Edits {
			files[e.Span.File] = true
		}
	}
	return slices.Sorted(maps.Keys(files))
}

// sets are disjoint sets of names.
type sets map[string]string

func (s sets) root(name string) string {
	for s[name] != "" && s[name] != name {
		if up := s[s[name]]; up != "" {
			s[name] = up
		}
		name = s[name]
	}
	return name
}

func (s sets) join(names []string) {
	for _, name := range names {
		if a, b := s.root(names[0]), s.root(name); a != b {
			s[b] = a
		}
	}
}

// subjectsOf are the projects that may read one of the files, with what the round before found out about those of which no
// file has changed since.
func (k *Rounds) subjectsOf(targets []Target, files []string) []*subject {
	var out []*subject
	known := map[string]*subject{}
	for _, t := range targets {
		r, reads := newReader(t), map[string]bool{}
		for _, file := range files {
			if r.reads(file) {
				reads[file] = true
			}
		}
		if len(reads) == 0 {
			continue
		}
		id := t.identity()
		s := k.subjects[id]
		if s == nil || !s.target.same(t, r) {
			s = &subject{}
		}
		s.target, s.reads = t, reads
		known[id] = s
		out = append(out, s)
	}

	k.subjects = known
	return out
}

// identity tells projects apart.
func (t Target) identity() string {
	o, p := t.Options, t.Loaded.Project
	return fmt.Sprintf("%q", []any{o.Dir, o.Files, o.ProjectDir, o.ProjectName, o.Profiles, o.EnvFiles, o.Static, o.NoEnvFile, o.Standalone,
		p.Name, p.Dir, p.Files, t.Other})
}

// same reports whether a project reads the same texts as in a round before.
func (t Target) same(now Target, reads *reader) bool {
	was, is := t.Loaded, now.Loaded
	same := len(was.Sources) == len(is.Sources) && maps.EqualFunc(was.Project.EnvTexts, is.Project.EnvTexts, bytes.Equal)
	for path, src := range is.Sources {
		if !same {
			return false
		}
		same = was.Sources[path] != nil && bytes.Equal(was.Sources[path].Text, src.Text)
	}

	for path, text := range now.Options.Overlay {
		before, laid := t.Options.Overlay[path]
		if (!laid || !bytes.Equal(before, text)) && reads.reads(path) {
			return false
		}
	}

	return same && len(t.Options.Overlay) <= len(now.Options.Overlay)
}

// refusal is why a fix was refused, and the texts of the projects with it.
type refusal struct {
	texts [sha256.Size]byte
	why   string
}

// refusalKey is what a fix does, wherever it stands in its file now.
func refusalKey(c *candidate) string {
	moves := slices.Clone(c.fix().Moves)
	for i := range moves {
		moves[i].Item = lint.Span{}
	}
	return fmt.Sprint(c.finding.Rule, "\x00", c.finding.Project, "\x00", c.finding.Service, "\x00", c.fix().Title, "\x00", moves)
}

// remember keeps why a fix was refused. Beside another one of the same service that was made in this round it may have been
// that one's doing: there the next round, which has it in its texts, decides again.
func (g *group) remember(c *candidate, why string) {
	services := g.servicesOf(c)
	for _, made := range g.accepted {
		for service := range g.servicesOf(made) {
			if services[service] {
				return
			}
		}
	}

	if texts, ok := g.textsWith(c); ok {
		key := refusalKey(c)
		known, _ := g.refusals.LoadOrStore(key, []refusal{})
		g.refusals.Store(key, append(known.([]refusal), refusal{texts, why}))
	}
}

// servicesOf are the services that a fix is about, in any project.
func (g *group) servicesOf(c *candidate) map[string]bool {
	services := map[string]bool{c.finding.Service: true}
	for _, s := range g.subjects {
		for _, m := range c.fix().Moves {
			for _, service := range s.servicesOf(m.Item) {
				services[service] = true
			}
		}
	}
	return services
}

// withoutRefused refuses those fixes of a set that were refused before with the same texts: nothing else decides.
func (g *group) withoutRefused(set []*candidate) []*candidate {
	return slices.DeleteFunc(set, func(c *candidate) bool {
		known, _ := g.refusals.Load(refusalKey(c))
		before, _ := known.([]refusal)
		if len(before) == 0 {
			return false
		}
		texts, ok := g.textsWith(c)
		i := slices.IndexFunc(before, func(r refusal) bool { return r.texts == texts })
		if !ok || i < 0 {
			return false
		}
		c.refuse(before[i].why)
		return true
	})
}

// textsWith is a digest of the texts of all projects that may read the files of a fix, with it and those made so far.
func (g *group) textsWith(c *candidate) (digest [sha256.Size]byte, ok bool) {
	texts, why := g.edited(append(slices.Clone(g.accepted), c))
	if why != "" {
		return digest, false
	}
	edited := map[string][sha256.Size]byte{}
	for path, text := range texts {
		edited[path] = sha256.Sum256(text)
	}

	all, files := sha256.New(), filesOf([]*candidate{c})
	for _, s := range g.subjects {
		if !s.readsAny(files) {
			continue
		}
		read := maps.Clone(s.textDigests())
		for path, digest := range edited {
			if _, known := read[path]; known || files[path] {
				read[path] = digest
			}
		}
		fmt.Fprintf(all, "%s\n", s.target.identity())
		for _, path := range slices.Sorted(maps.Keys(read)) {
			fmt.Fprintf(all, "%q %x\n", path, read[path])
		}
	}
	return [sha256.Size]byte(all.Sum(nil)), true
}

// textDigests are the digests of the texts that the project has read, by path.
func (s *subject) textDigests() map[string][sha256.Size]byte {
	if s.digests == nil {
		s.digests = map[string][sha256.Size]byte{}
		for path, src := range s.target.Loaded.Sources {
			s.digests[path] = sha256.Sum256(src.Text)
		}
		for path, text := range s.target.Loaded.Project.EnvTexts {
			s.digests[path] = sha256.Sum256(text)
		}
	}
	return s.digests
}
