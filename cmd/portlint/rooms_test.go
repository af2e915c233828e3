package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A package is a room: few enough files to know them all, whose calls lead down.
const (
	mostFiles  = 40 // of a package; tests and rule_*.go are not counted
	mostUphill = 10 // in a hundred calls from one file of a package to another
)

// room is what one package looks like.
type room struct {
	files          map[string]*ast.File // by their names, tests and files of other systems left out
	down, up       int                  // calls from one file to another, and those that lead up
	uphillExamples []string
}

// TestRooms keeps packages small, and their files in an order that a reader can follow: with the files set out so that as few calls as
// possible lead up, nearly all lead down.
func TestRooms(t *testing.T) {
	rooms := map[string]*room{}
	counted := map[string]int{}
	for file := range importsOf(t) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		dir := path.Dir(file)
		if !strings.HasPrefix(path.Base(file), "rule_") {
			counted[dir]++
		}
		if rooms[dir] == nil {
			rooms[dir] = &room{files: map[string]*ast.File{}}
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		rooms[dir].files[path.Base(file)] = parsed
	}

	for _, dir := range slices.Sorted(maps.Keys(rooms)) {
		if counted[dir] > mostFiles {
			t.Errorf("%s has %d files, and %d at most are allowed: what belongs together there is a package of its own", dir, counted[dir], mostFiles)
		}
		r := rooms[dir]
		r.measure()
		t.Logf("%-22s %3d files, %4d calls between them, %3d of them up", dir, counted[dir], r.down+r.up, r.up)
		if r.up*100 > (r.down+r.up)*mostUphill {
			t.Errorf("%s: %d of %d calls between its files lead up, such as %s", dir, r.up, r.down+r.up, strings.Join(r.uphillExamples, ", "))
		}
	}
}

// call is a call from one file to another.
type call struct{ from, to string }

// measure counts the calls between files that lead down and up, in the best order that moving one file at a time finds.
func (r *room) measure() {
	calls := r.calls()
	names := slices.Sorted(maps.Keys(r.files))
	between := func(a, b string) int { return calls[call{a, b}] - calls[call{b, a}] }
	for moved := true; moved; {
		moved = false
		for at := range names {
			best, gain, sum := at, 0, 0
			for to := at - 1; to >= 0; to-- { // up: before what it calls
				if sum += between(names[at], names[to]); sum > gain {
					best, gain = to, sum
				}
			}
			sum = 0
			for to := at + 1; to < len(names); to++ { // down: behind what calls it
				if sum += between(names[to], names[at]); sum > gain {
					best, gain = to, sum
				}
			}
			if best != at {
				name := names[at]
				names = slices.Insert(slices.Delete(names, at, at+1), best, name)
				moved = true
			}
		}
	}

	for c, n := range calls {
		if slices.Index(names, c.from) < slices.Index(names, c.to) {
			r.down += n
			continue
		}
		r.up += n
		r.uphillExamples = append(r.uphillExamples, fmt.Sprintf("%s to %s (%d)", c.from, c.to, n))
	}
	slices.Sort(r.uphillExamples)
}

// calls counts the calls of functions and methods from each file to another one of the package. A method that several types have is no
// sign of where a call leads, and is left out.
func (r *room) calls() map[call]int {
	homes := map[string][]string{}
	for name, file := range r.files {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				homes[kindOfCall(f.Recv != nil)+f.Name.Name] = append(homes[kindOfCall(f.Recv != nil)+f.Name.Name], name)
			}
		}
	}

	found := map[call]int{}
	for name, file := range r.files {
		imported := map[string]bool{}
		for _, spec := range file.Imports {
			imported[path.Base(strings.Trim(spec.Path.Value, `"`))] = true
		}
		ast.Inspect(file, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			var home []string
			switch f := c.Fun.(type) {
			case *ast.Ident:
				home = homes[kindOfCall(false)+f.Name]
			case *ast.SelectorExpr:
				if x, ok := f.X.(*ast.Ident); !ok || !imported[x.Name] {
					home = homes[kindOfCall(true)+f.Sel.Name]
				}
			}
			if len(home) == 1 && home[0] != name {
				found[call{name, home[0]}]++
			}
			return true
		})
	}
	return found
}

func kindOfCall(method bool) string {
	if method {
		return "."
	}
	return ""
}

// leftWords are private words of which this code was rid: one that comes back has a better name.
var leftWords = map[string]string{
	"again": "repeated", "book": "store or record", "doubts": "uncertainty", "people": "users or corpus", "strange": "unknown", "barred": "unwritable", "besides": "elsewhere", "blocker": "owner", "chosen": "selected", "clash": "conflict", "clue": "pattern", "crowd": "busy or many", "crowded": "busy", "decision": "result",
	"demands": "to bind", "desk": "open documents", "dialect": "naming style", "doubt": "uncertainty", "fresh": "current", "gate": "editable",
	"given": "assigned, set or used", "grant": "suggestion", "ground": "exclusions", "harm": "unexpected change", "insides": "container files", "insight": "analysis",
	"joint": "shared pool", "kept": "staying, existing or reserved", "kin": "kind of file", "linkless": "resolved directory", "loose": "pattern", "meets": "overlaps",
	"mended": "applied", "mover": "relocation", "near": "nearest, beside or from", "needle": "pattern", "mend": "fix", "picked": "pick or result", "outlook": "run", "ownership": "settings by file",
	"passes": "allows both", "rehearse": "plan fixes", "repair": "run of fixes", "salvage": "load partially", "sameness": "match",
	"scene": "occupancy", "seat": "bound port", "serious": "conflict", "settle": "wait or resolve", "settled": "kept by right", "sight": "view", "spot": "blind", "starves": "left without a port",
	"strangers": "other projects", "stumbles": "tries a held port", "surely": "certainty", "told": "shown", "traps": "edge cases",
	"tricky": "edge cases", "twin": "alias", "twins": "same variable", "unheeded": "ignored", "unkept": "unavailable",
	"unsure": "possible", "victims": "may lose a port", "wish": "request", "wishes": "requests", "world": "process",
}

// wordsThatStay are names in which such a word is the field's own.
var wordsThatStay = map[string]string{"keptByRight": "another replica has the port, or a service that asks for it"}

var wordOfName = regexp.MustCompile(`[A-Z]+[a-z0-9]*|[a-z0-9]+`)

// TestNamesUseCommonWords looks for private words in the names of the whole code, tests too.
func TestNamesUseCommonWords(t *testing.T) {
	for file := range importsOf(t) {
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, filepath.Join(root, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			name, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			for _, word := range wordOfName.FindAllString(name.Name, -1) {
				if better := leftWords[strings.ToLower(word)]; better != "" && wordsThatStay[name.Name] == "" {
					t.Errorf("%s:%d: %s: say %q, not %q", file, set.Position(name.Pos()).Line, name.Name, better, word)
				}
			}
			return true
		})
	}
}

var (
	mapRow    = regexp.MustCompile(`(?m)^\| [^|]*\?[^|]*\| (.*) \|$`)
	codeWords = regexp.MustCompile("`([^`]+)`")
)

// TestMapOfTheHouse: what "where to look first" names is there.
func TestMapOfTheHouse(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := mapRow.FindAllStringSubmatch(string(page), -1)
	if len(rows) < 7 {
		t.Fatalf("%d questions", len(rows))
	}
	for _, row := range rows {
		for _, place := range codeWords.FindAllStringSubmatch(row[1], -1) {
			if !strings.Contains(place[1], "/") { // a name in the code
				continue
			}
			if found, err := filepath.Glob(filepath.Join(root, place[1])); err != nil || len(found) == 0 {
				t.Errorf("there is no %s: %v", place[1], err)
			}
		}
	}
}
