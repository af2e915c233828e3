package recognize

import (
	"strings"
	"testing"
)

// TestIsText: what is meant for Compose, with its mistakes, and what is meant for other programs.
func TestIsText(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want Purpose
	}{
		"services":                     {"services:\n  web: {image: nginx}\n", ComposeFile},
		"a document before":            {"---\n# nothing\n---\nservices:\n  web: {image: nginx}\n", ComposeFile},
		"JSON":                         {`{"services": {"web": {"image": "nginx"}}}`, ComposeFile},
		"a byte order mark":            {"\uFEFFservices:\n  web: {image: nginx}\n", ComposeFile},
		"services through an alias":    {"x-all: &all\n  web: {image: nginx}\nservices: *all\n", ComposeFile},
		"only an overlay":              {"services:\n  web:\n    environment: {A: b}\n", ComposeFile},
		"files to include":             {"include:\n  - a.yaml\n  - path: b.yaml\n", ComposeFile},
		"include beside volumes":       {"include: [a.yaml]\nvolumes: {data: }\n", ComposeFile},
		"services that run as jobs":    {"services:\n  web: {image: nginx}\njobs:\n  backup: {image: backup}\n", ComposeFile},
		"an extended service":          {"services:\n  web:\n    extends: {file: base.yaml, service: web}\n", ComposeFile},
		"a mark of swarm":              {"services:\n  web: {image: nginx, hostname: '{{.Node.Hostname}}'}\n", ComposeFile},
		"a service named steps":        {"services:\n  steps: {image: nginx}\n", ComposeFile},
		"only networks":                {"networks: {n: }\n", Unclear},
		"a service that is not one":    {"services:\n  web: nginx\n", ComposeFile},
		"an unknown key of a service":  {"services:\n  web: {imge: nginx}\n", ComposeFile},
		"an unknown key at top level":  {"services:\n  web: {image: nginx}\nservice: {}\n", ComposeFile},
		"a stray `on` beside services": {"on: true\nservices:\n  web: {image: nginx}\n", ComposeFile},
		"version 1":                    {"web:\n  image: nginx\ndb:\n  build: .\n", ComposeFile},
		"version 1 with anchors":       {"x-a: 1\nweb: {image: nginx}\n", ComposeFile},
		"service":                      {"service:\n  web: {image: nginx}\n", ComposeFile},
		"Services":                     {"Services:\n  web: {image: nginx}\n", ComposeFile},
		"servcies":                     {"servcies:\n  web: {image: nginx}\n", ComposeFile},
		"lost indentation":             {"services:\nweb:\n  image: nginx\n", ComposeFile},
		"services in a list":           {"services:\n- web:\n    image: nginx\n", ComposeFile},
		"a tab":                        {"services:\n\tweb:\n\t\timage: nginx\n", ComposeFile},
		"a tab behind a good part":     {"services:\n  web:\n    image: nginx\n\tports: []\n", ComposeFile},
		"a colon too many":             {"services:\n  web:\n    image: nginx: latest\n", ComposeFile},
		"marks of a conflict":          {"services:\n  web:\n<<<<<<< HEAD\n    image: a\n=======\n    image: b\n>>>>>>> x\n", ComposeFile},
		"a conflict before services":   {"<<<<<<< HEAD\nversion: '2'\n=======\n>>>>>>> x\nservices:\n  web:\n    image: b\n", ComposeFile},
		"an open quote":                {"services:\n  web:\n    image: \"nginx\n", ComposeFile},
		"version 1 with a tab":         {"web:\n  image: nginx\n\tports: []\n", ComposeFile},
		"aliases without end":          {bomb(), ComposeFile},
		"no YAML and no sign":          {"a: b: c\n", Unclear},
		"empty":                        {"", EmptyFile},
		"comments":                     {"# services:\n#   web: {image: nginx}\n", EmptyFile},
		"comments and a key":           {"# one day\nservices:\n", EmptyFile},
		"version and no service":       {"version: '3'\nservices: {}\n", Unclear},
		"a version alone":              {"version: '3'\n", EmptyFile},
		"a text":                       {"nothing yet\n", Unclear},
		"GitHub workflow":              {"name: compose\non: push\njobs:\n  up:\n    runs-on: ubuntu-latest\n    services:\n      db: {image: postgres}\n    steps: []\n", Foreign},
		"reusable workflow":            {"jobs:\n  up:\n    uses: ./.github/workflows/x.yml\n", Foreign},
		"broken workflow":              {"on: push\njobs:\n\tup:\n    image: x\n", Foreign},
		"composite action":             {"name: compose\nruns:\n  using: composite\n  steps: []\n", Foreign},
		"Ansible tasks":                {"---\n- name: services\n  command: docker compose version\n", Foreign},
		"broken Ansible tasks":         {"---\n# services:\n- name: start\n\tcommand: x\n", Foreign},
		"Rancher":                      {"version: '2'\nservices:\n  web:\n    scale: 2\n    start_on_create: true\n", Foreign},
		"Rancher, version 1":           {".catalog:\n  name: x\nweb:\n  scale: 2\n", Foreign},
		"Kubernetes":                   {"apiVersion: v1\nkind: Service\nmetadata: {name: web}\n", Foreign},
		"Kubernetes with services":     {"apiVersion: x/v1\nkind: Stack\nservices:\n  web: {image: nginx}\n", Foreign},
		"two manifests":                {"---\napiVersion: v1\nkind: Service\n---\nservices: {web: {image: nginx}}\n", Foreign},
		"Helm values":                  {"services:\n  web:\n    image: {repository: nginx, tag: latest}\n", Foreign},
		"Helm template":                {"{{- if .Values.on }}\nservices:\n  web:\n    image: nginx\n{{- end }}\n", TemplateFile},
		"Go template":                  {"services:\n  {{ if .Web }}\n  web:\n    image: nginx\n  {{ end }}\n", TemplateFile},
		"Jinja":                        {"services:\n  web:\n    image: nginx\n{% if db %}\n  db:\n    image: postgres\n{% endif %}\n", TemplateFile},
		"a value to be filled in":      {"services:\n  web:\n    image: nginx\n    ports: [\"{{ port }}:80\"]\n", TemplateFile},
		"an image to be filled in":     {"services:\n  web:\n    image: shop:{{ cookiecutter.version }}\n", TemplateFile},
		"a long port to be filled in":  {"services:\n  web:\n    image: nginx\n    ports: [{published: \"{{ port }}\", target: 80}]\n", TemplateFile},
		"GitLab":                       {"image: docker\nservices: [docker:dind]\nbuild:\n  stage: build\n  script: [docker compose build]\n", Foreign},
		"GitLab, services with names":  {"services:\n  - name: postgres:16\n    alias: db\ntest:\n  script: [make]\n", Foreign},
		"GitLab include":               {"include:\n  - local: x.yml\nbuild:\n  script: [a]\n", Foreign},
		"GitLab job with an image":     {"build:\n  image: docker\n  script: [a]\n", Foreign},
		"CircleCI":                     {"version: 2.1\njobs:\n  build:\n    docker: [{image: cimg/base}]\n    steps: [checkout]\n", Foreign},
		"Azure":                        {"trigger: [main]\nsteps:\n- script: docker compose up\n", Foreign},
		"Woodpecker":                   {"steps:\n  build: {image: golang}\nservices:\n  db: {image: postgres}\n", Foreign},
		"Travis":                       {"language: go\nservices: [docker]\n", Foreign},
		"Bitbucket":                    {"definitions:\n  services:\n    docker: {memory: 2048}\npipelines: {default: []}\n", Foreign},
		"kustomize":                    {"resources: [a.yaml]\nimages: [{name: web}]\n", Foreign},
		"Backstage":                    {"apiVersion: backstage.io/v1alpha1\nkind: Component\n", Foreign},
		"a reference of command lines": {"command: docker compose\nshort: Docker Compose\nlong: 'services: include:'\noptions: []\n", Foreign},
		"texts of a user interface":    {"en:\n  compose:\n    services: Services\n", Foreign},
		"a setting of another Compose": {"Compose:\n  ComposableNaming: {active: true}\n", Foreign},
	} {
		base := "docker-compose.dev.yml"
		if got := Recognize(base, []byte(tt.text)); got.Purpose != tt.want {
			t.Errorf("%s: %v, want %v", name, got.Purpose, tt.want)
		}
		if crlf := strings.ReplaceAll(tt.text, "\n", "\r\n"); Recognize(base, []byte(crlf)).Purpose != tt.want {
			t.Errorf("%s: another answer with CRLF", name)
		}
		if IsText(base, []byte(tt.text)) != (tt.want == ComposeFile) {
			t.Errorf("%s: IsText differs", name)
		}
	}
	if IsText("rancher-compose.yml", []byte("services:\n  web: {scale: 1}\n")) || !IsText("rancher-compose.yml", []byte("services:\n  web: {image: nginx}\n")) {
		t.Error("a file of Rancher is told by its name and by what it says")
	}
}

// bomb is a Compose file whose aliases stand for more values than are read.
func bomb() string {
	var b strings.Builder
	b.WriteString("x-0: &x0 [a, a, a, a, a, a, a, a, a, a]\n")
	for i := range 8 {
		b.WriteString("x-" + string(rune('1'+i)) + ": &x" + string(rune('1'+i)) + " [" + strings.Repeat("*x"+string(rune('0'+i))+", ", 9) + "a]\n")
	}
	return b.String() + "services:\n  web: {image: nginx, command: *x8}\n"
}

// TestIsName: names that people give to Compose files, and others.
func TestIsName(t *testing.T) {
	for name, want := range map[string]bool{
		"compose.yaml": true, "docker-compose.yml": true, "docker_compose.dev.yaml": true, "app.compose.yml": true, "Docker-Compose.YML": true,
		"decompose.yaml": false, "composer.yml": false, "recompose.yml": false, "compose.json": false, "compose": false, "docker-compose.yml.j2": false,
	} {
		if IsName(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}

func FuzzRecognize(f *testing.F) {
	for _, seed := range []string{"services:\n  web: {image: a, ports: [\"1:1\"]}\n", "- a\n", "services: &a\n  b: *a\n", "<<: [*x]\n", "{{ a }}\n", "jobs: {a: {steps: []}}\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if IsText("compose.yaml", text) && len(strings.TrimSpace(string(text))) == 0 {
			t.Error("an empty text is a Compose file")
		}
	})
}
