//go:build unix

package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// somebody is a user who need not exist.
const somebody = 12345

// TestRootInAnothersHome: with the home directory of a user, as sudo may leave it, root reads nothing that the user put there,
// leaves nothing there, and says what it does without; and what it writes into the user's checkout is the user's.
func TestRootInAnothersHome(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can be in another's home like this")
	}
	for name, plant := range map[string]string{
		"nothing":                        "",
		"a record":                       ".local/state/portlint/ports.json",
		"a journal of an older portlint": ".local/state/portlint/journal/0123.json",
	} {
		for _, args := range [][]string{{"free"}, {"assign", "--write"}, {"check", "--static", "--fix"}, {"check"}, {"ports"}} {
			t.Run(name+", "+strings.Join(args, " "), func(t *testing.T) {
				home := t.TempDir()
				dir := filepath.Join(home, "shop")
				testdir.Write(t, filepath.Join(dir, "compose.yaml"), "services: {web: {image: nginx, ports: ['8080:80', '${API_PORT:-8081}:81']}}\n")
				if plant != "" {
					testdir.Write(t, filepath.Join(home, plant), `{"Version":1,"Committed":true,"Entries":[{"File":"`+filepath.Join(home, "made")+`","Created":true}]}`)
				}
				giveAll(t, home)
				before := pathsBelow(t, home)

				var stdout, stderr bytes.Buffer
				code := execute(context.Background(), args, run.Process{Env: map[string]string{"HOME": home, "DOCKER_HOST": noEngine}, Dir: dir, Version: "v0.0.0",
					Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr})
				if records := args[0] == "free" || args[0] == "assign"; records != strings.Contains(stderr.String(), "cannot record assigned ports (root keeps no state in") {
					t.Errorf("exit %d: %s", code, stderr.String())
				}
				want := before
				if args[0] == "assign" {
					want = append(slices.Clone(before), "shop/.env")
				}
				slices.Sort(want)
				if after := pathsBelow(t, home); !slices.Equal(after, want) {
					t.Errorf("there is %v, want %v\n%s", after, want, stderr.String())
				}
				for _, path := range pathsBelow(t, home) {
					info, err := os.Lstat(filepath.Join(home, path))
					if err != nil || info.Sys().(*syscall.Stat_t).Uid != somebody {
						t.Errorf("%s is root's, %v", path, err)
					}
				}
			})
		}
	}
}

func giveAll(t *testing.T, dir string) {
	t.Helper()
	for _, path := range append(pathsBelow(t, dir), ".") {
		if err := os.Chown(filepath.Join(dir, path), somebody, somebody); err != nil {
			t.Fatal(err)
		}
	}
}

// pathsBelow are all files and directories below one, in order.
func pathsBelow(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(dir, path); rel != "." {
			all = append(all, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}
