package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// action is what the tests need of action.yml.
type action struct {
	Inputs map[string]struct {
		Description, Default string
	}
	Runs struct {
		Steps []actionStep
	}
}

type actionStep struct {
	ID, Run, Shell string
	Env            map[string]string
}

var expression = regexp.MustCompile(`\$\{\{ *([\w.-]+) *\}\}`)

func readAction(t *testing.T) action {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// runner is a machine of GitHub Actions that runs one step, as the runner does: with bash, the inputs, and its files.
type runner struct {
	t      *testing.T
	action action
	temp   string // RUNNER_TEMP
	dir    string // the workspace
	env    []string
}

// outcome is what a step left behind.
type outcome struct {
	result
	summary string
	outputs map[string]string
}

func newRunner(t *testing.T) runner {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the bash of Windows' runners is met by the workflow itself")
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("there is no bash")
	}
	return runner{t: t, action: readAction(t), temp: t.TempDir(), dir: t.TempDir()}
}

func (r runner) step(id string, inputs map[string]string) outcome {
	r.t.Helper()
	for _, s := range r.action.Runs.Steps {
		if s.ID == id {
			return r.run(s, inputs)
		}
	}
	r.t.Fatalf("action.yml has no step %q", id)
	return outcome{}
}

func (r runner) run(s actionStep, inputs map[string]string) outcome {
	r.t.Helper()
	files := r.t.TempDir()
	script, output, summary := filepath.Join(files, "script.sh"), filepath.Join(files, "output"), filepath.Join(files, "summary")
	testdir.Write(r.t, script, s.Run)
	cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GITHUB_ACTIONS=true", "RUNNER_TEMP="+r.temp, "GITHUB_OUTPUT="+output, "GITHUB_STEP_SUMMARY="+summary,
		"DOCKER_HOST="+noEngine)
	cmd.Env = append(cmd.Env, r.env...)
	for name, value := range s.Env {
		cmd.Env = append(cmd.Env, name+"="+r.evaluate(value, inputs))
	}
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run() // the exit code says it
	said, _ := os.ReadFile(summary)
	return outcome{result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}, string(said), readOutputs(output)}
}

// evaluate replaces the expressions of a value that action.yml uses.
func (r runner) evaluate(value string, inputs map[string]string) string {
	return expression.ReplaceAllStringFunc(value, func(e string) string {
		name := expression.FindStringSubmatch(e)[1]
		input, isInput := strings.CutPrefix(name, "inputs.")
		declared, known := r.action.Inputs[input]
		value, isSet := inputs[input]
		switch {
		case name == "github.action_path":
			abs, err := filepath.Abs(root)
			if err != nil {
				r.t.Fatal(err)
			}
			return abs
		case !isInput || !known:
			r.t.Fatalf("action.yml uses %s, which is none of its inputs", e)
		case isSet:
			return value
		}
		return declared.Default
	})
}

func readOutputs(file string) map[string]string {
	text, _ := os.ReadFile(file) // a step need not have any
	out := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		out[name] = value
	}
	return out
}

// installed gives the runner what the first step installs.
func (r runner) installed() runner {
	r.t.Helper()
	bin := filepath.Join(r.temp, "portlint-action")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Symlink(portlintProgram(r.t), filepath.Join(bin, "portlint")); err != nil {
		r.t.Fatal(err)
	}
	return r
}

func TestActionScriptsHaveNoExpressions(t *testing.T) {
	for _, s := range readAction(t).Runs.Steps {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("step %q: what an expression gives would become a part of the script", s.ID)
		}
		if s.Run != "" && s.Shell != "bash" {
			t.Errorf("step %q names no bash", s.ID)
		}
	}
}

func TestActionInstalls(t *testing.T) {
	if os.Getenv("PORTLINT_TEST_LONG") == "" {
		t.Skip("it builds portlint: PORTLINT_TEST_LONG is not set")
	}
	r := newRunner(t)
	r.env = []string{"GOPROXY=off", "GOFLAGS=-mod=vendor", "GOOS=plan9"} // a job's own are not for portlint
	o := r.step("install", nil)
	if o.code != 0 || !strings.HasPrefix(o.stdout, "portlint ") {
		t.Fatalf("exit code %d\n%s%s", o.code, o.stdout, o.stderr)
	}
	if _, err := os.Stat(filepath.Join(r.temp, "portlint-action", "portlint")); err != nil {
		t.Error(err)
	}
}

// TestActionInstallsAVersion asks the go command for it; this one answers in its place, as there is no network.
func TestActionInstallsAVersion(t *testing.T) {
	r := newRunner(t).installed()
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte("#!/bin/sh\necho \"$GOBIN: go $*\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	r.env = []string{"PATH=" + bin + ":" + os.Getenv("PATH")}
	o := r.step("install", map[string]string{"version": "v0.1.0"})
	want := filepath.Join(r.temp, "portlint-action") + ": go install github.com/portlint/portlint/cmd/portlint@v0.1.0\n"
	if o.code != 0 || !strings.HasPrefix(o.stdout, want) {
		t.Errorf("exit code %d\n%s%s", o.code, o.stdout, o.stderr)
	}
}

func TestActionChecks(t *testing.T) {
	r := newRunner(t).installed()
	if err := os.CopyFS(filepath.Join(r.dir, "shop"), os.DirFS(filepath.Join(root, "testdata/demo"))); err != nil {
		t.Fatal(err)
	}
	testdir.Write(t, filepath.Join(r.dir, ".git/HEAD"), "")
	o := r.step("check", nil)
	if o.code != run.ExitFindings || o.outputs["exit-code"] != "1" {
		t.Errorf("exit code %d, outputs %v\n%s%s", o.code, o.outputs, o.stdout, o.stderr)
	}
	for _, want := range []string{"\n::error file=shop/compose.yaml,line=16,endLine=16,col=10,endColumn=27,title=portlint duplicate-port::8080/tcp is",
		"\n::warning file=shop/compose.override.yaml,line=5,", "\nfound 2 errors and 1 warning: "} {
		if strings.Count(o.stdout, want) != 1 {
			t.Errorf("not once %q in\n%s", want, o.stdout)
		}
	}
	for _, want := range []string{"### portlint\n\n```text\nPLACE ", "\nshop/compose.yaml:16:10 ", "\nfound 2 errors and 1 warning: ", "\n```\n"} {
		if !strings.Contains(o.summary, want) {
			t.Errorf("no %q in\n%s", want, o.summary)
		}
	}
	if n := sarifResults(t, o.outputs["sarif-file"]); n != 3 {
		t.Errorf("%d results, want 3", n)
	}
	if o := r.step("check", map[string]string{"fail-on": "never"}); o.code != 0 || o.outputs["exit-code"] != "0" {
		t.Errorf("fail-on: never: exit code %d, outputs %v", o.code, o.outputs)
	}
}

func sarifResults(t *testing.T, file string) int {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var log struct {
		Version string
		Runs    []struct{ Results []json.RawMessage }
	}
	if err := json.Unmarshal(text, &log); err != nil || log.Version != "2.1.0" || len(log.Runs) != 1 {
		t.Fatalf("%v in\n%s", err, text)
	}
	return len(log.Runs[0].Results)
}

// TestActionInputs are taken as they are, whatever a shell would make of them.
func TestActionInputs(t *testing.T) {
	r := newRunner(t).installed()
	twice := "services: {a: {image: a, ports: ['90:1', '90:2']}}\n"
	names := []string{"two words.yaml", "$(touch pwned).yaml", "--help.yaml", "`touch pwned`;.yaml"}
	for _, name := range names {
		testdir.Write(t, filepath.Join(r.dir, name), twice)
	}
	o := r.step("check", map[string]string{"paths": strings.Join(names, "\r\n") + "\n\n", "sarif-file": "out put.sarif"})
	if o.code != run.ExitFindings || o.outputs["sarif-file"] != "out put.sarif" {
		t.Errorf("exit code %d, outputs %v\n%s%s", o.code, o.outputs, o.stdout, o.stderr)
	}
	if n := sarifResults(t, filepath.Join(r.dir, "out put.sarif")); n != len(names) {
		t.Errorf("%d results, want %d", n, len(names))
	}
	if _, err := os.Stat(filepath.Join(r.dir, "pwned")); err == nil {
		t.Error("an input was run")
	}
}

// TestActionWithoutFiles: a gate that checks nothing is not green, unless that is right.
func TestActionWithoutFiles(t *testing.T) {
	r := newRunner(t).installed()
	for allow, want := range map[string]int{"false": run.ExitFailed, "true": 0} {
		o := r.step("check", map[string]string{"allow-no-files": allow, "paths": ""})
		if o.code != want || strings.Contains(o.stdout, "set allow-no-files: true") != (want != 0) || !strings.Contains(o.summary, "no Compose file") {
			t.Errorf("allow-no-files: %s: exit code %d\n%s%s%s", allow, o.code, o.stdout, o.stderr, o.summary)
		}
		if o.outputs["sarif-file"] != "" {
			t.Errorf("a report of nothing at %q", o.outputs["sarif-file"])
		}
	}
	for _, inputs := range []map[string]string{{"paths": "nowhere"}, {"fail-on": "sometimes"}} {
		inputs["allow-no-files"] = "true"
		if o := r.step("check", inputs); o.code != run.ExitFailed || !strings.Contains(o.stdout, "\n::error title=portlint::portlint could not") {
			t.Errorf("%v: exit code %d\n%s%s", inputs, o.code, o.stdout, o.stderr)
		}
	}
}

// TestActionWithoutSomeFiles: what can't be read is no project that is missing on purpose.
func TestActionWithoutSomeFiles(t *testing.T) {
	r := newRunner(t).installed()
	testdir.Write(t, filepath.Join(r.dir, "empty/README.md"), "")
	testdir.Write(t, filepath.Join(r.dir, "shop/compose.yaml"), "services: {a: {image: a, ports: ['90:1']}}\n")
	inputs := map[string]string{"allow-no-files": "true", "paths": "empty\nshop", "sarif-file": "reports/port lint.sarif"}
	if o := r.step("check", inputs); o.code != 0 || sarifResults(t, filepath.Join(r.dir, "reports/port lint.sarif")) != 0 {
		t.Errorf("exit code %d\n%s%s", o.code, o.stdout, o.stderr)
	}
	testdir.Write(t, filepath.Join(r.dir, "shop/.portlint.yaml"), "rulez: {}\n")
	if o := r.step("check", inputs); o.code != run.ExitFailed || !strings.Contains(o.stdout, "\n::error title=portlint::portlint could not") {
		t.Errorf("exit code %d\n%s%s", o.code, o.stdout, o.stderr)
	}
}

// TestActionObeysNoFile: lines of a Compose file that look like commands of the runner stand where it does not obey them.
func TestActionObeysNoFile(t *testing.T) {
	r := newRunner(t).installed()
	testdir.Write(t, filepath.Join(r.dir, "compose.yaml"),
		"services:\n  a:\n    image: a\n    ports:\n      - '90:1' # ##[set-output name=exit-code]0 ::add-mask::a\n      - '90:2' # ##[add-mask]b\n")
	o := r.step("check", nil)
	token := regexp.MustCompile(`(?m)^::stop-commands::([0-9a-f]{32})$`).FindStringSubmatch(o.stdout)
	if token == nil {
		t.Fatalf("commands are not stopped:\n%s", o.stdout)
	}
	before, rest, _ := strings.Cut(o.stdout, token[0])
	quoted, after, resumed := strings.Cut(rest, "::"+token[1]+"::\n")
	if !resumed || !strings.Contains(quoted, "##[") || strings.Contains(before+after, "##[") || !strings.Contains(after, "::error file=compose.yaml") {
		t.Errorf("got\n%s", o.stdout)
	}
}
