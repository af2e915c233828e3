package run

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"

	"github.com/portlint/portlint/lint/safefile"
)

// StateDir is where portlint keeps what must outlive a run on this machine, absolute; it may not be there yet. The
// freedesktop variable counts on every system, so that one line moves it everywhere. Where root runs with the home directory of
// another user, as after sudo, there is none: that user could put anything there, and could not change what root leaves.
func StateDir(w Process) (string, error) {
	dir, err := stateDirOn(runtime.GOOS, w.Env)
	if err != nil {
		return "", err
	}
	err = safefile.RootOwned(dir)
	var foreign *fs.PathError
	switch {
	case errors.As(err, &foreign) && errors.Is(err, safefile.ErrForeign):
		return "", fmt.Errorf("root keeps no state in %q, because %q belongs to another user", dir, foreign.Path)
	case err != nil:
		return "", fmt.Errorf("cannot keep state in %q: %w", dir, safefile.WithoutPath(err))
	}
	return dir, nil
}

// stateDirOn follows the custom of a system: the XDG base directories, Application Support on macOS, LocalAppData on
// Windows. A relative XDG_STATE_HOME is ignored, as the XDG specification demands.
func stateDirOn(goos string, env map[string]string) (string, error) {
	if dir := env["XDG_STATE_HOME"]; filepath.IsAbs(dir) {
		return filepath.Join(dir, "portlint"), nil
	}
	base, variable, below := env["HOME"], "HOME", filepath.Join(".local", "state")
	switch goos {
	case "darwin":
		below = filepath.Join("Library", "Application Support")
	case "windows":
		base, variable, below = localAppData(env), "LOCALAPPDATA", ""
	}
	if !filepath.IsAbs(base) {
		return "", errors.New("there is no place to keep state: neither XDG_STATE_HOME nor " + variable + " is an absolute path")
	}
	return filepath.Join(base, below, "portlint"), nil
}

// localAppData reads the variable as Windows writes it.
func localAppData(env map[string]string) string {
	if dir := env["LOCALAPPDATA"]; dir != "" {
		return dir
	}
	return env["LocalAppData"]
}
