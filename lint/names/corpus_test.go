package names

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// handMade is a container name in which a person wrote a variable.
var handMade = regexp.MustCompile(`(?m)^[ \t]*container_name:[ \t]*["']?([^"'#\n]*\$[^"'#\n]*?)["']?[ \t]*(?:#.*)?\r?$`)

// wholeVariable is one that is all of a name, with the default that it may have.
var wholeVariable = regexp.MustCompile(`^\$\{?([A-Za-z_]\w*)(?::?-([^${}]+)|:?\?[^${}]*)?\}?$`)

// byRepository counts container names of one repository that have a variable.
type byRepository struct {
	places, whole, explicit int // all, those that are one whole variable, and those of them whose variable ends in CONTAINER_NAME
	defaults, same          int // whole ones that give a default, and those of them that would get the very variable
	siblings                int // as same, where the other names of the file are as they were written
}

// TestNamesInCorpus holds the variables that people gave to container names against those that their files would get for the same names,
// repository by repository: most of them are one repository's.
func TestNamesInCorpus(t *testing.T) {
	dir := os.Getenv("PORTLINT_CORPUS")
	if dir == "" {
		t.Skip("PORTLINT_CORPUS does not name a directory of real files")
	}
	all := map[string]*byRepository{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !strings.HasSuffix(path, "ml") {
			return err
		}
		text, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		repository, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
		if all[repository] == nil {
			all[repository] = &byRepository{}
		}
		all[repository].add(string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	var sum byRepository
	for _, repository := range slices.Sorted(maps.Keys(all)) {
		r := all[repository]
		if r.places == 0 {
			continue
		}
		t.Logf("%-50s %s", repository, r)
		sum.places, sum.whole, sum.explicit = sum.places+r.places, sum.whole+r.whole, sum.explicit+r.explicit
		sum.defaults, sum.same, sum.siblings = sum.defaults+r.defaults, sum.same+r.same, sum.siblings+r.siblings
	}
	t.Logf("%-50s %s", "all", &sum)
	if sum.whole == 0 || 2*sum.whole < sum.places {
		t.Errorf("of %d names %d are one whole variable, which is what the fix writes", sum.places, sum.whole)
	}
}

func (r *byRepository) String() string {
	return fmt.Sprintf("%d names, %d one whole variable (%d of them CONTAINER_NAME); %d with a default, of which %d get the same variable, %d beside the other names as they are",
		r.places, r.whole, r.explicit, r.defaults, r.same, r.siblings)
}

// add counts the names of a file.
func (r *byRepository) add(text string) {
	var whole [][]string
	for _, m := range handMade.FindAllStringSubmatch(text, -1) {
		r.places++
		if v := wholeVariable.FindStringSubmatch(strings.TrimSpace(m[1])); v != nil {
			whole = append(whole, v)
		}
	}

	explicit := func(v []string) bool { return strings.HasSuffix(v[1], "CONTAINER_NAME") }
	var names []string
	for _, v := range whole {
		r.whole++
		if explicit(v) {
			r.explicit++
		}
		if v[2] != "" {
			names = append(names, v[2])
		}
	}
	anyName := func(string, string) bool { return true }
	alone := Variables(Request{Names: names, Free: anyName})
	for _, v := range whole {
		if v[2] == "" {
			continue
		}
		r.defaults++
		others := slices.ContainsFunc(whole, func(o []string) bool { return o[1] != v[1] && explicit(o) })
		beside := Variables(Request{Names: []string{v[2]}, Explicit: others, Free: anyName})
		if alone[v[2]] == v[1] {
			r.same++
		}
		if beside[v[2]] == v[1] {
			r.siblings++
		}
	}
}
