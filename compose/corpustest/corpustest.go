// Package corpustest lets tests read thousands of real Compose files, of which compose-go's answer is known.
//
// Every run reads a sample, which a hash chooses, so that it is the same each time; with PORTLINT_CORPUS_ALL set it reads all of them.
package corpustest

import (
	"bufio"
	"encoding/json"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Sampled is which part of the projects most tests read: one in so many.
const Sampled = 25

// Project is a file, or a file and its override, with what compose-go makes of it.
type Project struct {
	Repo     string // owner/name
	Files    []string
	OK       bool // compose-go loads it
	Services []Service
}

// Service is a service of a project as compose-go loads it.
type Service struct {
	Name  string
	Ports []Port
}

// Port is a published port of a service.
type Port struct {
	HostIP    string `json:"host_ip"`
	Published string
	Target    uint32
	Protocol  string
}

// Dir is the directory of the real Compose files; without one the test is skipped.
func Dir(tb testing.TB) string {
	tb.Helper()
	if testing.Short() {
		tb.Skip("the real Compose files take long")
	}

	dir := os.Getenv("PORTLINT_CORPUS")
	if dir == "" {
		tb.Skip("PORTLINT_CORPUS does not name a directory of real Compose files")
	}
	return dir
}

// all reports whether all projects are read, and not a sample of them.
func all() bool { return os.Getenv("PORTLINT_CORPUS_ALL") != "" }

// Projects are those of this run: one in so many, or all of them.
func Projects(tb testing.TB, oneIn uint32) []Project {
	tb.Helper()
	f, err := os.Open(filepath.Join(Dir(tb), "ORACLE.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()

	var projects []Project
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var p Project
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			tb.Fatal(err)
		}
		if p.IsSampled(oneIn) {
			projects = append(projects, p)
		}
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return projects
}

// IsSampled reports whether the project is one in so many, or all of them are read.
func (p Project) IsSampled(oneIn uint32) bool {
	hash := fnv.New32a()
	hash.Write([]byte(p.String()))
	return all() || hash.Sum32()%oneIn == 0
}

// String names the project.
func (p Project) String() string { return p.Repo + " " + strings.Join(p.Files, " ") }

// Root is the directory of the project's repository below that of the real files.
func (p Project) Root(dir string) string {
	return filepath.Join(dir, strings.ReplaceAll(p.Repo, "/", "__"))
}

// Paths are the project's files below a directory that holds its repository.
func (p Project) Paths(root string) []string {
	var paths []string
	for _, file := range p.Files {
		paths = append(paths, filepath.Join(root, file))
	}
	return paths
}
