package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/reach"
)

// The types below are version 1 of the JSON format of `portlint env`; portlint-env.schema.json beside is its schema.

type jsonEnvironment struct {
	Version    int            `json:"version"`
	Tool       jsonTool       `json:"tool"`
	Project    string         `json:"project"`
	Variables  []jsonVariable `json:"variables"`
	NotUp      []jsonNotUp    `json:"notUp"`
	NotChecked []jsonBlind    `json:"notChecked"`
}

type jsonVariable struct {
	Name         string `json:"name"`
	Value        string `json:"value"`
	Kind         string `json:"kind"` // "port" or "url"
	Service      string `json:"service"`
	Container    string `json:"container"`
	HostIP       string `json:"hostIp"`
	Published    uint16 `json:"published"`
	PublishedEnd uint16 `json:"publishedEnd"`
	Target       uint16 `json:"target"`
	Protocol     string `json:"protocol"`
}

type jsonNotUp struct {
	Service string `json:"service"`
	Why     string `json:"why"`
}

// Environment writes where a project runs, for `portlint env`: as the lines of an env file, of a shell or of $GITHUB_ENV, or as JSON.
func Environment(w io.Writer, r Report, project string, all []reach.Variable, missing []reach.Missing, format string) error {
	line := map[string]func(name, value string) string{"env": envLine, "shell": shellLine, "github": githubLine}[format]
	if line == nil {
		return encode(w, jsonEnvironment{Version: jsonVersion, Tool: r.jsonTool(), Project: project, Variables: each(all, newJSONVariable),
			NotUp:      each(missing, func(m reach.Missing) jsonNotUp { return jsonNotUp(m) }),
			NotChecked: each(r.NotChecked, newJSONBlind)})
	}

	var text strings.Builder
	for _, v := range all {
		text.WriteString(line(v.Name, v.Value) + "\n")
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func newJSONVariable(v reach.Variable) jsonVariable {
	kind := "port"
	if v.URL {
		kind = "url"
	}
	return jsonVariable{Name: v.Name, Value: v.Value, Kind: kind, Service: v.Service, Container: v.Container,
		HostIP: v.Port.Addr.Addr().String(), Published: v.Port.Addr.Port(), PublishedEnd: v.Last, Target: v.Port.Target, Protocol: v.Port.Proto}
}

// envLine is a line of an env file, which a shell can read too.
func envLine(name, value string) string {
	if strings.Trim(value, plainValue) == "" {
		return name + "=" + value
	}
	return name + "=" + lint.ShellQuote(value)
}

// plainValue are the characters of a value that needs no quotes anywhere.
const plainValue = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:/@"

func shellLine(name, value string) string {
	return fmt.Sprintf("export %s='%s'", name, strings.ReplaceAll(value, "'", `'\''`))
}

// githubLine is a line of $GITHUB_ENV, where a value of several lines stands between two lines that are not in it.
func githubLine(name, value string) string {
	if !strings.ContainsAny(value, "\r\n") {
		return name + "=" + value
	}
	end := "END"
	for strings.Contains(value, end) {
		end += "_"
	}
	return name + "<<" + end + "\n" + value + "\n" + end
}
