package compose

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// sharedLack is how many projects of one tree must lack the same thing before it is taken for something that all of them
// get from elsewhere: the files of an app store, which its own program completes.
const sharedLack = 3

// findParts finds the directories whose project Compose would refuse because it is a part of a larger one, such as
// ci/compose.yaml in `-f compose.yaml -f ci/compose.yaml`: a service of it has neither an image nor a build, and a file of the tree
// or a program that completes many such projects gives it one. What only one project lacks is a mistake.
func (f *finder) findParts(byDir map[string][]string) {
	c := census{complete: map[string][]string{}, lacking: map[string]int{}}
	var dirs []string
	for dir, names := range byDir {
		for _, name := range names {
			if IsName(name) {
				c.countServices(f.recognized[filepath.Join(dir, name)], dir)
			}
		}
		if slices.ContainsFunc(names, isDefaultName) {
			dirs = append(dirs, dir)
		}
	}
	all := map[string]lacks{}
	for _, dir := range dirs {
		all[dir] = f.lacksOf(dir)
		for _, name := range all[dir].names() {
			c.lacking[name]++
		}
	}
	for dir, l := range all {
		if !l.none() && c.gives(dir, l) {
			f.parts[dir] = l
		}
	}
}

// lacks are what a project needs by name and does not have.
type lacks struct {
	services []string // without an image or a build
	networks []string
	whole    bool // it has services with an image or a build, too
}

func (l lacks) none() bool { return len(l.services)+len(l.networks) == 0 }

// names are what is lacking, with its kind.
func (l lacks) names() []string {
	var out []string
	for _, name := range l.services {
		out = append(out, "service "+name)
	}
	for _, name := range l.networks {
		out = append(out, "network "+name)
	}
	return out
}

// lacksOf puts the files together that Compose finds in a directory. What includes others may have everything.
func (f *finder) lacksOf(dir string) lacks {
	services, networks := map[string]bool{}, map[string]int{}
	files := defaultFiles(dir)
	for _, file := range files {
		r, err := f.recognizeFile(file)
		if err != nil || r.includes {
			return lacks{}
		}
		for name, complete := range r.services {
			services[name] = services[name] || complete
		}
		for _, name := range r.undefined {
			networks[name]++
		}
		for _, name := range r.defined {
			networks[name] -= len(files)
		}
	}
	var l lacks
	for name, complete := range services {
		if complete {
			l.whole = true
		} else {
			l.services = append(l.services, name)
		}
	}
	for name, n := range networks {
		if n > 0 {
			l.networks = append(l.networks, name)
		}
	}
	slices.Sort(l.services)
	slices.Sort(l.networks)
	return l
}

// census is what the files of a tree have and lack, by name.
type census struct {
	complete map[string][]string // the directories with a file that gives a service an image or a build
	lacking  map[string]int      // the projects that lack it
}

func (c census) countServices(r recognition, dir string) {
	for name, complete := range r.services {
		if complete {
			c.complete[name] = append(c.complete[name], dir)
		}
	}
}

// gives reports whether the tree explains everything that a project lacks. A network that is lacking beside an image comes
// from where that comes from.
func (c census) gives(dir string, l lacks) bool {
	shared := func(what string) bool { return c.lacking[what] >= sharedLack }
	for _, name := range l.services {
		if !shared("service "+name) && !c.completedNear(dir, name, l.whole) {
			return false
		}
	}
	return len(l.services) > 0 || !slices.ContainsFunc(l.networks, func(name string) bool { return !shared("network " + name) })
}

// completedNear reports whether a file gives the service an image: in the same directory, above or below. A project that
// starts nothing by itself may have it from anywhere.
func (c census) completedNear(dir, service string, whole bool) bool {
	return slices.ContainsFunc(c.complete[service], func(other string) bool {
		return !whole || below(other, dir) || below(dir, other)
	})
}

// why says what is lacking, "" where nothing is.
func (l lacks) why() string {
	if l.none() {
		return ""
	}
	names, one, many := l.services, " has neither an image nor a build", " have neither an image nor a build"
	if len(names) == 0 {
		names, one, many = l.networks, " is a network that it does not define", " are networks that it does not define"
	}
	if len(names) == 1 {
		return strconv.Quote(names[0]) + one
	}
	return `"` + strings.Join(names, `" and "`) + `"` + many
}
