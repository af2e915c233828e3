package find

import (
	"path/filepath"
	"slices"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/disk"
	"github.com/portlint/portlint/compose/recognize"
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
			if recognize.IsName(name) {
				c.countServices(f.recognized[filepath.Join(dir, name)], dir)
			}
		}
		if slices.ContainsFunc(names, recognize.IsDefaultName) {
			dirs = append(dirs, dir)
		}
	}

	all := map[string]compose.Lacks{}
	for _, dir := range dirs {
		all[dir] = f.lacksOf(dir)
		for _, name := range lackingNames(all[dir]) {
			c.lacking[name]++
		}
	}

	for dir, l := range all {
		if !l.None() && c.gives(dir, l) {
			f.parts[dir] = l
		}
	}
}

// lackingNames are what is lacking, with its kind.
func lackingNames(l compose.Lacks) []string {
	var out []string
	for _, name := range l.Services {
		out = append(out, "service "+name)
	}
	for _, name := range l.Networks {
		out = append(out, "network "+name)
	}
	return out
}

// lacksOf puts the files together that Compose finds in a directory. What includes others may have everything.
func (f *finder) lacksOf(dir string) compose.Lacks {
	services, networks := map[string]bool{}, map[string]int{}
	files := compose.DefaultFiles(dir)
	for _, file := range files {
		r, err := f.recognizeFile(file)
		if err != nil || r.Includes {
			return compose.Lacks{}
		}
		for name, complete := range r.Services {
			services[name] = services[name] || complete
		}
		for _, name := range r.Undefined {
			networks[name]++
		}
		for _, name := range r.Defined {
			networks[name] -= len(files)
		}
	}

	var l compose.Lacks
	for name, complete := range services {
		if complete {
			l.Whole = true
		} else {
			l.Services = append(l.Services, name)
		}
	}

	for name, n := range networks {
		if n > 0 {
			l.Networks = append(l.Networks, name)
		}
	}

	slices.Sort(l.Services)
	slices.Sort(l.Networks)
	return l
}

// census is what the files of a tree have and lack, by name.
type census struct {
	complete map[string][]string // the directories with a file that gives a service an image or a build
	lacking  map[string]int      // the projects that lack it
}

func (c census) countServices(r recognize.Recognition, dir string) {
	for name, complete := range r.Services {
		if complete {
			c.complete[name] = append(c.complete[name], dir)
		}
	}
}

// gives reports whether the tree explains everything that a project lacks. A network that is lacking beside an image comes
// from where that comes from.
func (c census) gives(dir string, l compose.Lacks) bool {
	shared := func(what string) bool { return c.lacking[what] >= sharedLack }
	for _, name := range l.Services {
		if !shared("service "+name) && !c.completedBeside(dir, name, l.Whole) {
			return false
		}
	}
	return len(l.Services) > 0 || !slices.ContainsFunc(l.Networks, func(name string) bool { return !shared("network " + name) })
}

// completedBeside reports whether a file gives the service an image: in the same directory, above or below. A project that
// starts nothing by itself may have it from anywhere.
func (c census) completedBeside(dir, service string, whole bool) bool {
	return slices.ContainsFunc(c.complete[service], func(other string) bool {
		return !whole || disk.Below(other, dir) || disk.Below(dir, other)
	})
}
