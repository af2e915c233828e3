package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// commentedKey is a line of settings that is switched off.
var commentedKey = regexp.MustCompile(`(?m)^#((?:  )?[a-z-]+:)`)

// TestInitSettings switches on every line that init writes: they are all keys that the schema has, at their defaults,
// and portlint and the schema take them.
func TestInitSettings(t *testing.T) {
	text := commentedSettings()
	if s, err := run.ParseSettings("as written", []byte(text)); err != nil || !reflect.DeepEqual(s, run.DefaultSettings()) {
		t.Errorf("as written: %+v, %v", s, err)
	}
	all := commentedKey.ReplaceAllString(text, "$1")
	s, err := run.ParseSettings("switched on", []byte(all))
	if err != nil {
		t.Fatal(err)
	}
	if d := run.DefaultSettings(); s.Level != d.Level || s.FailOn != d.FailOn {
		t.Errorf("level %v and fail-on %v are shown, and are not the defaults", s.Level, s.FailOn)
	}
	if len(s.Severity) != len(run.RuleNames()) {
		t.Errorf("%d rules are shown, there are %d", len(s.Severity), len(run.RuleNames()))
	}
	var value map[string]any
	if err := yaml.Unmarshal([]byte(all), &value); err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile("portlint-config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
	want := schemaKeys(t)
	if got := keysOf(value, "rules"); !reflect.DeepEqual(got, want) {
		t.Errorf("init explains the keys %v, the schema has %v", got, want)
	}
}

// schemaKeys are the keys of the settings' schema, those of ports below it.
func schemaKeys(t *testing.T) map[string]any {
	t.Helper()
	text, err := os.ReadFile("portlint-config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	type object struct{ Properties map[string]json.RawMessage }
	var top object
	if err := json.Unmarshal(text, &top); err != nil {
		t.Fatal(err)
	}
	keys := map[string]any{}
	for name, raw := range top.Properties {
		var below object
		if err := json.Unmarshal(raw, &below); err != nil {
			t.Fatal(err)
		}
		keys[name] = map[string]any{}
		if name == "rules" {
			continue // every rule has its line, see TestSettingsSchemaKnowsRules
		}
		for inner := range below.Properties {
			keys[name].(map[string]any)[inner] = map[string]any{}
		}
	}
	return keys
}

// keysOf are the keys of a mapping and the mappings in it, without what stands below the key that is open.
func keysOf(value any, open string) map[string]any {
	keys := map[string]any{}
	fields, _ := value.(map[string]any)
	for name, inner := range fields {
		keys[name] = map[string]any{}
		if name != open {
			keys[name] = keysOf(inner, open)
		}
	}
	return keys
}

// TestInitAsReleased reads what a released portlint writes: it names its own tag.
func TestInitAsReleased(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	for version, want := range map[string]string{
		"v1.2.3": "v1.2.3", "v1.2.4-0.20261120153000-0123456789ab": "", "v1.3.0-rc.1": "", "devel": "",
	} {
		w := run.Process{Dir: dir, Version: version, Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}
		hook, err := initHook(w)
		if err != nil {
			t.Fatal(err)
		}
		workflow, err := initWorkflow(w)
		if err != nil {
			t.Fatal(err)
		}
		var file struct{ Repos []struct{ Repo, Rev string } }
		if err := yaml.Unmarshal([]byte(hook.text), &file); err != nil || len(file.Repos) != 1 {
			t.Fatalf("%v\n%s", err, hook.text)
		}
		if file.Repos[0].Rev != want {
			t.Errorf("%s: the hook has rev %q, want %q", version, file.Repos[0].Rev, want)
		}
		if want == "" {
			want = "main"
		}
		if !strings.HasSuffix(workflow.text, "- uses: portlint/portlint@"+want+"\n") {
			t.Errorf("%s: the workflow does not use %s:\n%s", version, want, workflow.text)
		}
	}
}

// TestAddHook adds the hook to files as people have them: in place, in their indentation and with their line ends.
func TestAddHook(t *testing.T) {
	const hook = "- repo: local\n  hooks:\n    - id: portlint\n"
	one := "- repo: x\n  hooks: [{id: a}]\n"
	for _, c := range []struct{ name, text, want string }{
		{"at the end", "repos:\n" + one, "repos:\n" + one + hook},
		{"indented", "repos:\n  - repo: x\n", "repos:\n  - repo: x\n  " + strings.ReplaceAll(strings.TrimSuffix(hook, "\n"), "\n", "\n  ") + "\n"},
		{"without a last line end", "repos:\n- repo: x", "repos:\n- repo: x\n" + hook},
		{"before another key", "repos:\n" + one + "\n# ci\nci: {}\n", "repos:\n" + one + hook + "\n# ci\nci: {}\n"},
		{"behind a block of text", "repos:\n- repo: x\n  entry: |\n    a\n\n    b\nci: 1\n", "repos:\n- repo: x\n  entry: |\n    a\n\n    b\n" + hook + "ci: 1\n"},
		{"with the line ends of Windows", "repos:\r\n- repo: x\r\n", "repos:\r\n- repo: x\r\n" + strings.ReplaceAll(hook, "\n", "\r\n")},
		{"in an empty list", "repos: []\n", ""},
		{"in a list on one line", "repos: [{repo: x}]\n", ""},
		{"without repos", "ci: {}\n", ""},
		{"in a file without a mapping", "- repo: x\n", ""},
		{"in an empty file", "", ""},
		{"in what is no YAML", "repos:\n- [\n", ""},
		{"before the end of a document", "repos:\n- repo: x\n...\n", ""},
	} {
		got, err := addHook(c.text, hook)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %v\ngot\n%s\nwant\n%s", c.name, err, got, c.want)
		}
	}
	for _, id := range []string{"portlint", "portlint-fix", "portlint-system"} {
		if _, err := addHook("repos:\n- repo: x\n  hooks:\n  - id: "+id+"\n", hook); !errors.Is(err, errHasHook) {
			t.Errorf("with %s: %v", id, err)
		}
	}
}

// TestInitHooksArePublished holds the hooks that init writes against those that the repository offers.
func TestInitHooksArePublished(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var offered []map[string]any
	if err := yaml.Unmarshal(text, &offered); err != nil {
		t.Fatal(err)
	}
	byID := map[string]map[string]any{}
	for _, hook := range offered {
		byID[hook["id"].(string)] = hook
	}
	var released, installed []struct{ Hooks []map[string]any }
	if err := errors.Join(yaml.Unmarshal([]byte(fmt.Sprintf(releasedHook, "v1.2.3")), &released), yaml.Unmarshal([]byte(installedHook), &installed)); err != nil {
		t.Fatal(err)
	}
	if id := released[0].Hooks[0]["id"].(string); byID[id] == nil {
		t.Errorf("init writes the hook %q, which is not offered", id)
	}
	for key, value := range installed[0].Hooks[0] {
		if want := byID["portlint-system"][key]; key != "id" && !reflect.DeepEqual(value, want) {
			t.Errorf("%s: init writes %q, portlint-system has %q", key, value, want)
		}
	}
}
