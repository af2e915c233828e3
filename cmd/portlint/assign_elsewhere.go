package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/portlint/portlint/lint"
)

// elsewhereUsed finds the first place where a file of the project hands a variable on as a value of its own, as in
// `PORT: ${WEB_PORT}`: what gets it there may mean the container's port. A URL with the port in it is no such place.
func elsewhereUsed(w world, p *lint.Project, sources lint.Sources, name string) string {
	name = regexp.QuoteMeta(name)
	alone := regexp.MustCompile(`(?m)(?:=|:[ \t]+)["']?\$(?:` + name + `|\{` + name + `(?::?[-?+][^{}]*)?\})["']?[ \t]*(?:#.*)?\r?$`)
	for _, file := range slices.Sorted(maps.Keys(sources)) {
		text := sources[file].Text
		for _, at := range alone.FindAllIndex(text, -1) {
			if slices.Contains(filesOf(p), file) && !inPorts(p, file, at[0]) {
				return fmt.Sprintf("%s:%d", relative(w.dir, file), sources.Position(file, at[0]).Line)
			}
		}
	}
	return ""
}

// inPorts reports whether a place lies within a `ports` item.
func inPorts(p *lint.Project, file string, offset int) bool {
	return slices.ContainsFunc(p.Bindings(), func(b *lint.Binding) bool {
		return b.Entry.File == file && b.Entry.Start <= offset && offset < b.Entry.End
	})
}
