package main

import (
	"errors"
	"path/filepath"
	"runtime"
)

// stateDir is where portlint keeps what must outlive a run on this machine, absolute; it may not be there yet. The
// freedesktop variable counts on every system, so that one line moves it everywhere.
func stateDir(w world) (string, error) { return stateDirOn(runtime.GOOS, w.env) }

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
