package main

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
)

// opened are the files of this repository that open files by themselves and not by lint/safefile, each with its reason.
var opened = map[string]string{
	"lint/safefile/safefile.go":           "it is the one reader",
	"lint/safefile/stage.go":              "it writes",
	"lint/safefile/owner_unix.go":         "whose a directory is",
	"compose/disk/pipe.go":                "a pipe that this process was given by its descriptor",
	"cmd/portlint/fakes/engine.go":        "for tests: what an engine is to answer",
	"compose/corpustest/corpustest.go":    "for tests: the list of the real Compose files",
	"compose/edit/write.go":               "it writes, and reads to be sure of what it replaces",
	"compose/edit/file_unix.go":           "a directory, to sync it",
	"cmd/portlint/output.go":              "it writes what the command line names",
	"cmd/portlint/plugin/parent.go":       "/proc",
	"cmd/portlint/plugin/place.go":        "the program itself",
	"cmd/portlint/up/signal_unix.go":      "/dev/tty",
	"dockerapi/where_linux.go":            "/proc and the kernel's marks of a container",
	"dockerapi/sockets/proc_linux.go":     "/proc and /etc/passwd",
	"dockerapi/sockets/reserved_linux.go": "/proc",
	"dockerapi/sockets/origin_linux.go":   "/proc",
	"dockerapi/sockets/list_linux.go":     "/proc",
	"dockerapi/sockets/range_linux.go":    "/proc",
	"dockerapi/sockets/scope_linux.go":    "/proc",
	"dockerapi/sockets/cgroup_linux.go":   "/sys/fs/cgroup",
	"dockerapi/sockets/socketunit.go":     "the units of the system, which root alone writes",
}

// openers are the functions that open a file or a directory by its name.
var openers = map[string]bool{
	"os.Open": true, "os.OpenFile": true, "os.ReadFile": true, "os.ReadDir": true, "os.DirFS": true, "os.OpenRoot": true,
	"ioutil.ReadFile": true, "ioutil.ReadDir": true, "config.Load": true, "dotenv.Read": true, "dotenv.GetEnvFromFile": true,
}

// TestFilesAreOpenedInOnePlace keeps every read of a file that somebody else may have written in lint/safefile.
func TestFilesAreOpenedInOnePlace(t *testing.T) {
	used := map[string]bool{}
	for file := range importsOf(t) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path.Join(root, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			from, ok := call.X.(*ast.Ident)
			if !ok || !openers[from.Name+"."+call.Sel.Name] {
				return true
			}
			if used[file] = true; opened[file] == "" {
				t.Errorf("%s: %s.%s: read it with lint/safefile, or say here why not", file, from.Name, call.Sel.Name)
			}
			return true
		})
	}
	for file := range opened {
		if !used[file] {
			t.Errorf("%s is on the list, but opens nothing", file)
		}
	}
}

// TestReadInTime gives up on a project whose file does not end.
func TestReadInTime(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	endless, write := io.Pipe()
	defer write.Close()
	_, err := run.LoadInTime(ctx, run.Process{}, compose.Options{Dir: t.TempDir(), Files: []string{"-"}, Stdin: endless})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
