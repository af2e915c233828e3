package plugin

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/docker/cli/cli-plugins/hooks"

	"github.com/portlint/portlint/lint/lazyexp"
)

// failedCommand is a command that failed, as docker tells a plugin with error hooks. For a command of another plugin, Compose
// among them, docker knows no more than that it failed, and passes the names of its flags without their values.
type failedCommand struct {
	Command string            `json:"RootCmd"` // the entry of hookedCommands that it matches
	Flags   map[string]string `json:"Flags"`
	Error   string            `json:"CommandError"` // for docker's own commands the engine's words
}

// parseHook reads a request.
func parseHook(request string) (failedCommand, error) {
	var f failedCommand
	err := json.Unmarshal([]byte(request), &f)
	return f, err
}

// exitStatus is how docker words the failure of another plugin.
var exitStatus = lazyexp.New(`(?:code|status) (\d+)$`)

// ofCompose reports whether the command could have failed on a port of the Compose project of the working directory, and
// is not certain to be about another one. Compose ends with 1 when the engine refuses, with others for files, flags,
// builds, pulls and ctrl-c.
func (f failedCommand) ofCompose() bool {
	if f.Error == "" || !strings.HasPrefix(f.Command, "compose ") {
		return false
	}
	if m := exitStatus().FindStringSubmatch(f.Error); m != nil && m[1] != "1" {
		return false
	}

	for flag := range f.Flags {
		if scopes(flag) {
			return false
		}
	}
	return true
}

// scopes reports whether a flag chooses the project, its files, its environment or its services. The name can have a value
// on it, as in "file=x" for --file=x, and "fx" for -fx.
func scopes(flag string) bool {
	name, _, _ := strings.Cut(flag, "=")
	switch name {
	case "force-recreate", "progress", "parallel", "pull":
		return false
	case "env-file", "dry-run", "help", "h":
		return true
	}
	return strings.HasPrefix(name, "f") || strings.HasPrefix(name, "p") // -f --file -p --project-name --project-directory --profile
}

// maxLines is what docker prints of an answer at most, since 29.4.
const maxLines = 9

// writeHint answers a hook with lines that docker prints under "What's next:".
func writeHint(w io.Writer, lines []string) error {
	text := strings.Join(lines[:min(len(lines), maxLines)], "\n")
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(hooks.HookMessage{Type: hooks.NextSteps, Template: strings.ReplaceAll(text, "{{", `{{"{{"}}`)})
}
