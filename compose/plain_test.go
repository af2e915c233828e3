package compose

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/schema"
	"github.com/portlint/portlint/compose/corpustest"
	"github.com/portlint/portlint/compose/testdir"
)

// comparePlain loads a project by itself as one that is certainly valid, and as compose-go loads every project. Where the first gives a model,
// the second must give the same. It reports whether the first does.
func comparePlain(t *testing.T, o Options) bool {
	t.Helper()
	r, err := newReader(o)
	if err != nil {
		return false
	}
	r.readAll()
	if r.unsafe() != nil {
		return false
	}

	plain := r.loadPlain(t.Context(), r.details())
	if plain == nil {
		return false
	}
	whole, err := loader.LoadModelWithContext(t.Context(), r.details(), r.options)
	if err != nil {
		t.Errorf("taken for valid, but compose-go says: %v\n%s", err, r.walker.files[r.inputs.files[0]].Text)
	} else if !reflect.DeepEqual(plain, whole) {
		t.Errorf("compose-go loads another model\n%v\n%v", plain, whole)
	}
	return true
}

// anything is a document with most of what services have.
const anything = `{
  "version": "3.8", "name": "shop", "x-common": {"x-develop": {}, "any": [1]},
  "services": {
    "web": {
      "image": "nginx", "container_name": "shop-web", "command": ["a", "b"], "entrypoint": "run", "restart": "always", "privileged": true, "init": true,
      "environment": {"A": "1", "B": 2, "C": null}, "env_file": ["a.env", {"path": "b.env", "required": false}], "labels": ["a=b"], "tty": "${TTY:-true}",
      "ports": ["8080:80", "127.0.0.1:9000-9002:9000-9002/udp", {"target": 80, "published": "8081", "host_ip": "127.0.0.1", "mode": "host"}],
      "expose": ["80", 81], "volumes": ["data:/data", {"type": "bind", "source": ".", "target": "/src", "read_only": true}], "depends_on": ["db"],
      "networks": {"front": {"aliases": ["a"], "ipv4_address": "10.9.0.4"}, "back": null}, "extra_hosts": ["a:127.0.0.1"], "dns": "1.1.1.1",
      "healthcheck": {"test": ["CMD", "true"], "interval": "10s", "retries": 3, "start_period": "1s"}, "stop_grace_period": "1m", "cap_add": ["A"],
      "ulimits": {"nofile": {"soft": 1, "hard": 2}, "nproc": 3}, "logging": {"driver": "json-file", "options": {"max-size": "10m", "n": 1}},
      "deploy": {"replicas": 2, "resources": {"limits": {"cpus": "0.5", "memory": "50M", "pids": 3}}, "restart_policy": {"condition": "any"}},
      "sysctls": {"a.b": 1}, "tmpfs": "/tmp", "devices": ["/dev/a:/dev/b"], "profiles": ["p"], "user": "1", "pull_policy": "always", "mem_limit": "1g",
      "blkio_config": {"weight": 10, "device_read_bps": [{"path": "/a", "rate": "1mb"}]}, "oom_score_adj": 1, "shm_size": 64, "group_add": ["1", 2]
    },
    "db": {"build": {"context": ".", "args": {"A": "b"}, "target": "x", "tags": ["a"]}, "network_mode": "none", "scale": 1}
  },
  "networks": {"front": {"driver": "bridge", "ipam": {"config": [{"subnet": "10.9.0.0/24"}]}, "internal": false, "labels": {"a": "b"}}, "back": null},
  "volumes": {"data": null, "more": {"driver": "local", "driver_opts": {"a": 1}, "name": "m"}}
}`

// odd are values of which each stands somewhere where it must not.
var odd = []string{`"x"`, `""`, `0`, `-1`, `1.5`, `true`, `null`, `[]`, `{}`, `["x"]`, `["x", "x"]`, `[1]`, `[null]`, `[{}]`, `{"x": 1}`, `{"external": true}`, `{"x-a": 1}`,
	`"${NOT_SET}"`, `"1s"`, `"300.1.1.1:80:80"`, `{"extends": "db"}`, `{"develop": {}}`}

// oddAt are the values for one place: a few of them, others for the next place, or all where PORTLINT_TEST_LONG is set.
func oddAt(place int) []string {
	if os.Getenv("PORTLINT_TEST_LONG") != "" {
		return odd
	}
	var some []string
	for i := range 4 {
		some = append(some, odd[(place*5+i*7)%len(odd)])
	}
	return some
}

// TestPlainIsValid puts odd values into each place of a document. What is taken for valid without compose-go's schema loads, and as the same.
func TestPlainIsValid(t *testing.T) {
	t.Parallel()
	var document map[string]any
	if err := json.Unmarshal([]byte(anything), &document); err != nil {
		t.Fatal(err)
	}

	file := filepath.Join(t.TempDir(), "compose.yaml")
	texts := []string{anything}
	eachPlace(document, func(place int, put func(any)) {
		for _, value := range oddAt(place) {
			put(json.RawMessage(value))
			text, err := json.Marshal(document)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, string(text))
		}
	})

	plain := 0
	for i, text := range texts {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		taken := comparePlain(t, Options{Dir: filepath.Dir(file), Env: map[string]string{}, Static: i%2 == 0})
		if taken {
			plain++
		} else if i == 0 {
			t.Error("the document itself is not taken for valid")
		}
	}
	if plain < len(texts)/10 || plain > len(texts)/2 {
		t.Errorf("%d of %d are taken for valid", plain, len(texts))
	}
}

// eachPlace calls f for each value of a document, with its number and what puts another one into its place. The document is as before
// after it.
func eachPlace(document any, f func(place int, put func(any))) {
	place := 0
	var below func(value any)
	at := func(was any, put func(any)) {
		f(place, put)
		place++
		put(was)
		below(was)
	}
	below = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(value)) {
				at(value[key], func(other any) { value[key] = other })
			}
		case []any:
			for i, was := range value {
				at(was, func(other any) { value[i] = other })
			}
		}
	}
	below(document)
}

// TestCertainlyValidIsValid: what is certainly valid by the schema as it stands is valid by compose-go's compiled one, and the other way round
// for what this document has.
func TestCertainlyValidIsValid(t *testing.T) {
	t.Parallel()
	var document map[string]any
	if err := json.Unmarshal([]byte(anything), &document); err != nil {
		t.Fatal(err)
	}

	eachPlace(document, func(place int, put func(any)) {
		for _, text := range oddAt(place) {
			var value any
			if err := json.Unmarshal([]byte(text), &value); err != nil {
				t.Fatal(err)
			}
			put(value)
			err := schema.Validate(document)
			if certain := composeSchema().Certainly(document); certain != (err == nil) {
				t.Errorf("%v is certainly valid: %v, compose-go: %v", text, certain, err)
			}
		}
	})
}

// TestWhatIsNotPlain: what makes more of a document than what is written is left to compose-go as a whole.
func TestWhatIsNotPlain(t *testing.T) {
	t.Parallel()
	web := "services: {web: {image: a, ports: [\"80:80\"]}}\n"
	for name, files := range map[string]string{
		"an override":        "-- compose.yaml --\n" + web + "-- compose.override.yaml --\n" + web,
		"two documents":      "-- compose.yaml --\n" + web + "---\n" + web,
		"a reset":            "-- compose.yaml --\nservices: {web: {image: a, ports: !reset []}}\n",
		"an include":         "-- compose.yaml --\ninclude: [b.yaml]\n" + web + "-- b.yaml --\nservices: {db: {image: a}}\n",
		"extends":            "-- compose.yaml --\nservices: {web: {extends: db}, db: {image: a}}\n",
		"an alias to itself": "-- compose.yaml --\nservices: {web: &a {image: a, labels: {x: *a}}}\n",
		"a number as a key":  "-- compose.yaml --\nservices: {1: {image: a}}\n",
		"a key twice":        "-- compose.yaml --\nservices: {web: {image: a, image: b}}\n",
		"a date":             "-- compose.yaml --\nservices: {web: {image: a, environment: {DAY: 2026-01-02}}}\n",
		"an address":         "-- compose.yaml --\nservices: {web: {image: a, ports: [{target: 80, host_ip: x}]}}\n",
		"an unset variable":  "-- compose.yaml --\nservices: {web: {image: \"${X:?}\"}}\n",
		"a list for nothing": "-- compose.yaml --\n" + web + "volumes: {data: []}\n",
	} {
		if dir := testdir.Layout(t, files); comparePlain(t, Options{Dir: dir, Env: map[string]string{}}) {
			t.Errorf("%s: taken for valid", name)
		}
	}

	dir := testdir.Layout(t, "-- compose.yaml --\n"+web)
	if !comparePlain(t, Options{Dir: dir, Env: map[string]string{}}) {
		t.Error("the project itself is not taken for valid")
	}
	for name, o := range map[string]Options{
		"one of a search": {Dir: dir, Search: &Search{}},
		"an edited one":   {Dir: dir, Overlay: map[string][]byte{filepath.Join(dir, "compose.yaml"): []byte(web)}},
	} {
		if comparePlain(t, o) {
			t.Errorf("%s: taken for valid", name)
		}
	}
}

// TestCorpusPlain: of real projects most that are one file are taken for valid, and compose-go loads the same of each.
func TestCorpusPlain(t *testing.T) {
	t.Parallel()
	dir := corpustest.Dir(t)
	plain, all := 0, 0
	for _, p := range corpustest.Projects(t, corpustest.Sampled) {
		for _, static := range []bool{false, true} {
			o := corpusOptions(dir, p)
			o.Static = static
			all++
			if comparePlain(t, o) {
				plain++
			}
		}
	}
	t.Logf("%d of %d are taken for valid", plain, all)
	if plain < all/2 {
		t.Errorf("%d of %d are taken for valid", plain, all)
	}
}
