package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/docker/cli/cli-plugins/metadata"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint/lazyexp"
	"github.com/portlint/portlint/lint/safefile"
)

// pluginFile is where docker looks for the plugin of this user.
func pluginFile(w run.Process) string {
	name := metadata.NamePrefix + "portlint"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(run.Below(w.Dir, dockerapi.ConfigDir(w.Env)), "cli-plugins", name)
}

// placePlugin links the plugin to this program, so that an upgrade of the one upgrades the other.
func placePlugin(ctx context.Context, file string) error {
	program, err := thisProgram()
	if err != nil {
		return err
	}

	switch theirs, err := foreign(ctx, file); {
	case err != nil:
		return err
	case theirs:
		return errors.New("something else has that name, remove it first")
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if same(program, file) && !linked(file) { // it was put there by hand, and runs from there
		return nil
	}
	if runtime.GOOS == "windows" { // links need a privilege there
		text, err := os.ReadFile(program)
		if err != nil {
			return err
		}
		return safefile.Replace(file, text, 0o755)
	}

	return replaceLink(program, file)
}

// replaceLink makes a link, in the place of what has its name; safefile replaces files alone, and no link.
func replaceLink(target, file string) error {
	tmp := fmt.Sprintf("%s.%d", file, os.Getpid())
	if err := os.Symlink(target, tmp); err != nil {
		return err
	}
	if err := os.Rename(tmp, file); err != nil {
		_ = os.Remove(tmp) // the first error is the one to tell
		return err
	}
	return nil
}

var goRun = lazyexp.New(`[/\\]go-build\d+[/\\]`)

// thisProgram is the path of the running program: the one that a shell finds, because that is the one that upgrades keep.
func thisProgram() (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	if goRun().MatchString(program) {
		return "", errors.New("this portlint is gone when it ends, as with go run: install it first, as in go install github.com/portlint/portlint/cmd/portlint@latest")
	}
	if found, err := exec.LookPath("portlint"); err == nil && same(found, program) && filepath.IsAbs(found) {
		return found, nil
	}
	if real, err := filepath.EvalSymlinks(program); err == nil {
		return real, nil
	}
	return program, nil
}

// same reports whether two paths lead to one file.
func same(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

func linked(file string) bool {
	info, err := os.Lstat(file)
	return err == nil && info.Mode().Type() == fs.ModeSymlink
}

// foreign reports whether something that is not portlint has the plugin's name. A link that leads nowhere is what is left
// of a portlint that was removed, if it led to one.
func foreign(ctx context.Context, file string) (bool, error) {
	info, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case info.IsDir():
		return true, nil
	}

	if target, err := os.Readlink(file); err == nil {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return strings.TrimSuffix(filepath.Base(target), ".exe") != "portlint", nil
		}
	}

	return askPlugin(ctx, file).URL != homepage, nil
}

// askPlugin asks a plugin what it is, as docker does; what does not answer in time is nothing.
func askPlugin(ctx context.Context, file string) metadata.Metadata {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var m metadata.Metadata
	out, err := exec.CommandContext(ctx, file, metadata.MetadataSubcommandName).Output()
	if err != nil || json.Unmarshal(out, &m) != nil {
		return metadata.Metadata{}
	}
	return m
}
