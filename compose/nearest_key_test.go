package compose

import (
	"slices"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// TestHints: a key that Compose does not know is answered with the one that was meant, where one is close.
func TestHints(t *testing.T) {
	for text, want := range map[string][]string{
		"services: {a: {image: a, port: [\"1:1\"]}}\n":                  {`did you mean "ports"?`},
		"services: {a: {image: a, prots: [\"1:1\"]}}\n":                 {`did you mean "ports"?`},
		"services: {a: {image: a, environmnt: {}, zzz: 1}}\n":           {`did you mean "environment"?`, "a key of another tool begins with x-"},
		"services: {a: {image: a, healthcheck: {intervall: 1s}}}\n":     {`did you mean "interval"?`},
		"services: {a: {image: a, ports: [{target: 1, publish: 1}]}}\n": {`did you mean "published"?`},
		"networks: {a: {drivre: b}}\nservices: {a: {image: a}}\n":       {`did you mean "driver"?`},
		"service: {a: {image: a}}\n":                                    {`did you mean "services"?`},
		"config: {image: a}\n":                                          {"a file of version 1: put the services under `services:`"},
		"apiVersion: v1\nkind: Pod\n":                                   {"a Compose file has its services under `services:`"},
		"on: push\njobs: {a: {runs-on: b, steps: []}, build: {c: 1}}\n": {"a Compose file has its services under `services:`"},
		"services: {a: {image: \"${TAG:?}\"}}\n":                        {"write TAG=... in .env, or set it in the environment"},
	} {
		l, err := Load(t.Context(), Options{Dir: testdir.Layout(t, "-- compose.yaml --\n"+text)})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range l.Project.Defects {
			got = append(got, d.Hint)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q\n%v", text, got, want, l.Project.Defects)
		}
	}
}
