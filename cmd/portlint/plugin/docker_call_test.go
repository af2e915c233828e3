package plugin

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/docker/cli/cli-plugins/hooks"
	"github.com/docker/cli/cli-plugins/metadata"
	"github.com/spf13/cobra"
)

func TestParseCall(t *testing.T) {
	for line, want := range map[string]call{
		"docker-cli-plugin-metadata":                     {metadata: true},
		"portlint docker-cli-plugin-hooks {}":            {hook: "{}"},
		"--config d portlint docker-cli-plugin-hooks {}": {hook: "{}"},
		"portlint":                              {args: []string{}},
		"portlint check -f x.yaml -H unix:///x": {args: []string{"check", "-f", "x.yaml", "-H", "unix:///x"}},
		"portlint up --build":                   {args: []string{"up", "--build"}},
		"-D --context lab portlint who 80":      {args: []string{"--context=lab", "who", "80"}},
		"-c lab -l debug portlint who 80":       {args: []string{"--context=lab", "who", "80"}},
		"-H tcp://a:1 portlint":                 {args: []string{"--host=tcp://a:1"}},
		"--config d --tlsverify --tls portlint ports": {args: []string{"ports"}, env: map[string]string{"DOCKER_CONFIG": "d", "DOCKER_TLS": "1", "DOCKER_TLS_VERIFY": "1"},
			typed: []string{"--config", "d", "--tls", "--tlsverify"}},
		"help portlint check":              {args: []string{"help", "check"}},
		"portlint --help":                  {args: []string{"--help"}},
		"portlint portlint":                {args: []string{"portlint"}},
		"__complete portlint explain dupl": {args: []string{"__complete", "explain", "dupl"}},
		"__completeNoDesc portlint wh":     {args: []string{"__completeNoDesc", "wh"}},
		"":                                 {args: []string{}},
		"check":                            {args: []string{"check"}},
		"-f x.yaml check":                  {args: []string{"-f", "x.yaml", "check"}},
		"who 80":                           {args: []string{"who", "80"}},
		"docker-cli-plugin-metadata docker-cli-plugin-metadata surely": {args: []string{"docker-cli-plugin-metadata", "docker-cli-plugin-metadata", "surely"}},
	} {
		got, err := parseCall(strings.Fields(line))
		if err != nil || len(got.args)+len(want.args) > 0 && !reflect.DeepEqual(got.args, want.args) || got.hook != want.hook ||
			got.metadata != want.metadata || len(got.env)+len(want.env) > 0 && !reflect.DeepEqual(got.env, want.env) || !slices.Equal(got.typed, want.typed) {
			t.Errorf("%q: %+v, %v", line, got, err)
		}
	}
	for _, line := range []string{"--tlscert x portlint check", "--frobnicate portlint check"} {
		if got, err := parseCall(strings.Fields(line)); err == nil {
			t.Errorf("%q is %+v", line, got)
		}
	}
}

func TestInvoked(t *testing.T) {
	for program, want := range map[string]bool{"docker-portlint": true, "/x/docker-portlint": true, "docker-portlint.exe": true,
		"Docker-Portlint.EXE": true, "portlint": false, "docker": false, "docker-portlint/portlint": false, "docker-portlint2": false} {
		if Invoked(program) != want {
			t.Errorf("%s: not %v", program, want)
		}
	}
}

// TestMetadata demands what docker's plugin manager demands.
func TestMetadata(t *testing.T) {
	var out strings.Builder
	if err := writeMetadata(&out, "v1", "https://x"); err != nil {
		t.Fatal(err)
	}
	var got metadata.Metadata
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil || got.SchemaVersion != "0.1.0" || got.Vendor == "" ||
		got.Version != "v1" || got.URL != "https://x" || got.ShortDescription == "" || got.Hidden {
		t.Errorf("%v: %s", err, &out)
	}
}

func TestFailedCompose(t *testing.T) {
	for line, want := range map[string]bool{
		`{"RootCmd":"compose up","CommandError":"exit status 1"}`:                                       true,
		`{"RootCmd":"compose up","Flags":{"d":"","pull":"","force-recreate":""},"CommandError":"x"}`:    true,
		`{"RootCmd":"compose start","CommandError":"exit status 1"}`:                                    true,
		`{"RootCmd":"compose up","CommandError":"exited with code 1"}`:                                  true,
		`{"RootCmd":"compose up","CommandError":"exited with code 16"}`:                                 false,
		`{"RootCmd":"compose up","CommandError":"exit status 130"}`:                                     false,
		`{"RootCmd":"compose up"}`:                                                                      false,
		`{"RootCmd":"compose up","Flags":{"f":""},"CommandError":"x"}`:                                  false,
		`{"RootCmd":"compose up","Flags":{"file=x.yaml":""},"CommandError":"x"}`:                        false,
		`{"RootCmd":"compose up","Flags":{"fx.yaml":""},"CommandError":"x"}`:                            false,
		`{"RootCmd":"compose up","Flags":{"p":""},"CommandError":"x"}`:                                  false,
		`{"RootCmd":"compose up","Flags":{"project-directory":""},"CommandError":"x"}`:                  false,
		`{"RootCmd":"compose up","Flags":{"env-file":""},"CommandError":"x"}`:                           false,
		`{"RootCmd":"compose up","Flags":{"profile":""},"CommandError":"x"}`:                            false,
		`{"RootCmd":"run","CommandError":"Bind for 0.0.0.0:80 failed: port is already allocated"}`:      false,
		`{"RootCmd":"compose","Flags":{},"CommandError":"exit status 1"}`:                               false,
		`{"RootCmd":"compose up","Flags":{"dry-run":""},"CommandError":"exit status 1","New":{"a":[]}}`: false,
	} {
		f, err := parseHook(line)
		if err != nil || f.ofCompose() != want {
			t.Errorf("%s: %v, %v", line, f.ofCompose(), err)
		}
	}
	for _, line := range []string{"", "{", "[]", `{"Flags":[]}`} {
		if _, err := parseHook(line); err == nil {
			t.Errorf("%q is a request", line)
		}
	}
}

// TestWriteHint lets docker's own code read the answer.
func TestWriteHint(t *testing.T) {
	lines := []string{`8080/tcp is taken by "{{.Evil}}" {{`, "  docker stop '{{x}}' <&>"}
	var out strings.Builder
	if err := writeHint(&out, lines); err != nil {
		t.Fatal(err)
	}
	var answer hooks.HookMessage
	if err := json.Unmarshal([]byte(out.String()), &answer); err != nil || answer.Type != hooks.NextSteps {
		t.Fatalf("%v: %s", err, &out)
	}
	got, err := hooks.ParseTemplate(answer.Template, &cobra.Command{Use: "compose"})
	if err != nil || !reflect.DeepEqual(got, lines) {
		t.Errorf("docker prints %q, %v", got, err)
	}
	out.Reset()
	if err := writeHint(&out, make([]string, 30)); err != nil || strings.Count(out.String(), `\n`) != maxLines-1 {
		t.Errorf("%v: %s", err, &out)
	}
}
