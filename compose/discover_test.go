package compose

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"

	"github.com/portlint/portlint/compose/testdir"
)

const oneService = "services: {web: {image: app, ports: [\"${P:-1}:80\"]}}\n"

// TestDiscoverEqualsCompose asks compose-go's own option handling, in the order in which docker compose uses it, and
// wants the same files, directory, name and environment.
func TestDiscoverEqualsCompose(t *testing.T) {
	tests := map[string]struct {
		files    string            // txtar
		cwd      string            // below the layout
		env      map[string]string // the process environment
		f        []string          // -f
		dir      string            // --project-directory
		envFiles []string
		profiles []string
	}{
		"plain":    {files: "-- compose.yaml --\n"},
		"priority": {files: "-- docker-compose.yml --\n-- compose.yml --\n-- docker-compose.yaml --\n"},
		"override of another name": {files: "-- compose.yaml --\n-- docker-compose.override.yml --\n" +
			"-- docker-compose.override.yaml --\n"},
		"parent walk, .env of both": {files: "-- compose.yaml --\n-- .env --\nP=8080\nQ=1\n-- sub/.env --\nP=9000\n", cwd: "sub"},
		"-f turns override off":     {files: "-- compose.yaml --\n-- compose.override.yaml --\n", f: []string{"compose.yaml"}},
		"-f elsewhere":              {files: "-- a/compose.yaml --\n-- a/.env --\nP=1\n-- .env --\nP=2\n", f: []string{"a/compose.yaml"}},
		"-f up":                     {files: "-- compose.yaml --\n-- .env --\nP=1\n-- sub/.env --\nP=2\n", cwd: "sub", f: []string{"../compose.yaml"}},
		"-f twice":                  {files: "-- a/compose.yaml --\n-- b/compose.yaml --\n-- b/.env --\nP=2\n", f: []string{"a/compose.yaml", "b/compose.yaml"}},
		"project directory":         {files: "-- a/compose.yaml --\n-- a/.env --\nP=1\n-- b/.env --\nP=2\n-- b/compose.yaml --\n", f: []string{"a/compose.yaml"}, dir: "b"},
		"project directory alone":   {files: "-- b/.env --\nP=2\n-- b/compose.yaml --\n", dir: "b"},
		"COMPOSE_FILE":              {files: "-- a.yaml --\n-- b.yaml --\n-- compose.yaml --\n", env: map[string]string{"COMPOSE_FILE": "b.yaml" + string(os.PathListSeparator) + "a.yaml"}},
		"COMPOSE_FILE with separator": {files: "-- a.yaml --\n-- b.yaml --\n",
			env: map[string]string{"COMPOSE_FILE": "b.yaml,a.yaml", "COMPOSE_PATH_SEPARATOR": ","}},
		"COMPOSE_FILE in .env":     {files: "-- sub/a.yaml --\n-- sub/.env --\nP=3\n-- .env --\nCOMPOSE_FILE=sub/a.yaml\nP=4\n"},
		"COMPOSE_FILE is missing":  {files: "-- a.yaml --\n", env: map[string]string{"COMPOSE_FILE": "nope.yaml"}},
		"COMPOSE_FILE is empty":    {files: "-- compose.yaml --\n", env: map[string]string{"COMPOSE_FILE": ""}},
		"process wins over .env":   {files: "-- compose.yaml --\n-- .env --\nP=4\n", env: map[string]string{"P": "5"}},
		"--env-file":               {files: "-- compose.yaml --\n-- .env --\nP=4\nQ=4\n-- x.env --\nP=5\n-- y.env --\nP=6\n", envFiles: []string{"x.env", "y.env"}},
		"--env-file is missing":    {files: "-- compose.yaml --\n", envFiles: []string{"x.env"}},
		"COMPOSE_DISABLE_ENV_FILE": {files: "-- compose.yaml --\n-- .env --\nP=4\n", env: map[string]string{"COMPOSE_DISABLE_ENV_FILE": "1"}},
		"bad COMPOSE_DISABLE_ENV_FILE": {files: "-- compose.yaml --\n-- .env --\nP=4\n",
			env: map[string]string{"COMPOSE_DISABLE_ENV_FILE": "maybe"}},
		".env refers to the process":  {files: "-- compose.yaml --\n-- .env --\nP=${BASE}1\n", env: map[string]string{"BASE": "80"}},
		"profiles of the environment": {files: "-- compose.yaml --\n-- .env --\nCOMPOSE_PROFILES=a, b\n"},
		"profiles by flag":            {files: "-- compose.yaml --\n-- .env --\nCOMPOSE_PROFILES=a\n", profiles: []string{"c"}},
		"name of the environment":     {files: "-- compose.yaml --\n-- .env --\nCOMPOSE_PROJECT_NAME=shop\n"},
		".env is a directory":         {files: "-- compose.yaml --\n-- .env/x --\n"},
		".env is broken":              {files: "-- compose.yaml --\n-- .env --\nP='1\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			root := testdir.Layout(t, strings.NewReplacer(".yaml --\n", ".yaml --\n"+oneService, ".yml --\n", ".yml --\n"+oneService).Replace(tt.files))
			cwd := filepath.Join(root, tt.cwd)
			t.Chdir(cwd)
			env := maps.Clone(tt.env)
			if env == nil {
				env = map[string]string{}
			}
			env["PWD"] = cwd
			for k, v := range env {
				t.Setenv(k, v)
			}

			got, gotErr := discover(Options{Dir: cwd, Files: tt.f, ProjectDir: tt.dir, EnvFiles: tt.envFiles,
				Profiles: tt.profiles, Env: env})
			want, wantErr := cli.NewProjectOptions(tt.f,
				cli.WithWorkingDirectory(tt.dir),
				cli.WithEnv(toList(env)),
				cli.WithEnvFiles(tt.envFiles...), cli.WithDotEnv,
				cli.WithConfigFileEnv, cli.WithDefaultConfigPath,
				cli.WithEnvFiles(tt.envFiles...), cli.WithDotEnv,
				cli.WithDefaultProfiles(tt.profiles...))
			if (gotErr != nil) != (wantErr != nil) {
				t.Fatalf("error %v, Compose says %v", gotErr, wantErr)
			}
			if wantErr != nil {
				return
			}
			compareInputs(t, got, want)
		})
	}
}

func toList(env map[string]string) []string {
	var out []string
	for k, v := range env {
		out = append(out, k+"="+v)
	}
	return out
}

func compareInputs(t *testing.T, got inputs, want *cli.ProjectOptions) {
	t.Helper()
	project, err := want.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.files, project.ComposeFiles) {
		t.Errorf("files %q, Compose says %q", got.files, project.ComposeFiles)
	}
	if got.dir != project.WorkingDir {
		t.Errorf("directory %q, Compose says %q", got.dir, project.WorkingDir)
	}
	delete(project.Environment, "COMPOSE_PROJECT_NAME")
	delete(got.env.vars, "COMPOSE_PROJECT_NAME")
	if !maps.Equal(got.env.vars, project.Environment) {
		t.Errorf("environment %v, Compose says %v", got.env.vars, project.Environment)
	}
	if !slices.Equal(got.profiles, project.Profiles) {
		t.Errorf("profiles %q, Compose says %q", got.profiles, project.Profiles)
	}
}

// TestProjectName follows the order of -p, COMPOSE_PROJECT_NAME, `name:` and directory.
func TestProjectName(t *testing.T) {
	tests := map[string]struct {
		files string
		flag  string
		want  string
	}{
		"directory":        {"-- My.Shop/compose.yaml --\n" + oneService, "", "myshop"},
		"name":             {"-- My.Shop/compose.yaml --\nname: a-b\n" + oneService, "", "a-b"},
		"name is expanded": {"-- My.Shop/compose.yaml --\nname: a-${X:-c}\n" + oneService, "", "a-c"},
		"last file wins": {"-- My.Shop/compose.yaml --\nname: a\n" + oneService +
			"-- My.Shop/compose.override.yaml --\nname: b\n", "", "b"},
		"included name is not ours": {"-- My.Shop/compose.yaml --\ninclude: [i/c.yaml]\n" + oneService +
			"-- My.Shop/i/c.yaml --\nname: other\n", "", "myshop"},
		"environment": {"-- My.Shop/compose.yaml --\nname: a\n" + oneService + "-- My.Shop/.env --\nCOMPOSE_PROJECT_NAME=e\n", "", "e"},
		"flag":        {"-- My.Shop/compose.yaml --\nname: a\n" + oneService + "-- My.Shop/.env --\nCOMPOSE_PROJECT_NAME=e\n", "f", "f"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			root := testdir.Layout(t, tt.files)
			loaded, err := Load(t.Context(), Options{Dir: filepath.Join(root, "My.Shop"), ProjectName: tt.flag})
			if err != nil {
				t.Fatal(err)
			}
			if len(loaded.Project.Defects) > 0 {
				t.Fatal(loaded.Project.Defects)
			}
			if loaded.Project.Name != tt.want {
				t.Errorf("name %q, want %q", loaded.Project.Name, tt.want)
			}
		})
	}
}

// TestNameEqualsCompose reads projects with names of all kinds and wants the name that Compose gives them, and the
// same refusal where nothing is left of it.
func TestNameEqualsCompose(t *testing.T) {
	for _, names := range [][]string{ // of the first file, its second document, and the override file
		{"shop", "", ""}, {"", "shop", ""}, {"", "", "shop"}, {"a", "b", "c"}, {"c", "a", ""}, {"My Shop.2", "", ""},
		{"${EMPTY}", "", ""}, {"shop", "${EMPTY}", ""}, {"shop", "", "${EMPTY}"}, {"", "${EMPTY}", ""}, {"", "", "${EMPTY}"},
		{"${EMPTY:-x}", "", ""}, {"${SET}", "", ""}, {"__", "", ""}, {"", "__", ""}, {"\u65e5", "shop", ""}, {`""`, "", ""}, {"5", "", ""},
	} {
		doc := func(name string) string {
			if name != "" {
				name = "name: " + name + "\n"
			}
			return name + "services:\n  a: {image: a}\n"
		}
		dir := testdir.Layout(t, "-- Dir.1/compose.yaml --\n"+doc(names[0])+"---\n"+doc(names[1])+"-- Dir.1/compose.override.yaml --\n"+doc(names[2]))
		dir = filepath.Join(dir, "Dir.1")
		env := map[string]string{"PWD": dir, "SET": "Set-it"}
		options, err := cli.NewProjectOptions(nil, cli.WithWorkingDirectory(dir), cli.WithEnv(toList(env)), cli.WithDefaultConfigPath)
		if err != nil {
			t.Fatal(err)
		}
		want, wantErr := options.LoadProject(t.Context())
		l, err := Load(t.Context(), Options{Dir: dir, Env: env})
		if err != nil {
			t.Fatal(err)
		}
		if refused := len(l.Project.Defects) > 0; refused != (wantErr != nil) {
			t.Errorf("%q: %v, Compose says %v", names, l.Project.Defects, wantErr)
		}
		if wantErr == nil && l.Project.Name != want.Name {
			t.Errorf("%q: named %q, Compose says %q", names, l.Project.Name, want.Name)
		}
	}
}
