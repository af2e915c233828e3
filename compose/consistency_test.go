package compose

import (
	"path/filepath"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint"
)

// inconsistentProjects are one project for each check of compose-go that comes after the schema, and one beside it that passes.
// Sources: compose-go loader/validate.go, checkConsistency; validation; override/uncity.go; types/project.go,
// CheckContainerNameUnicity, which Compose asks in `config` and before `up`.
var inconsistentProjects = map[string]string{
	"neither image nor build":           "services: {a: {user: x}}",
	"dockerfile twice":                  "services: {a: {build: {context: ., dockerfile: x, dockerfile_inline: y}}}",
	"unknown additional context":        "services: {a: {build: {context: ., additional_contexts: {x: \"service:b\"}}}}",
	"additional context without build":  "services: {a: {build: {context: ., additional_contexts: {x: \"service:b\"}}}, b: {image: b}}",
	"platforms without the own one":     "services: {a: {build: {context: ., platforms: [linux/amd64]}, platform: linux/arm64}}",
	"network_mode beside networks":      "services: {a: {image: a, network_mode: host, networks: [n]}}\nnetworks: {n: {}}",
	"undefined network":                 "services: {a: {image: a, networks: [n]}}",
	"healthcheck without CMD":           "services: {a: {image: a, healthcheck: {test: [curl, x]}}}",
	"undefined dependency":              "services: {a: {image: a, depends_on: [b]}}",
	"dependency of a profile":           "services: {a: {image: a, depends_on: [b]}, b: {image: b, profiles: [p]}}",
	"optional dependency of a profile":  "services: {a: {image: a, depends_on: {b: {condition: service_started, required: false}}}, b: {image: b, profiles: [p]}}",
	"network of an undefined service":   "services: {a: {image: a, network_mode: \"service:b\"}}",
	"undefined volume":                  "services: {a: {image: a, volumes: [\"v:/v\"]}}",
	"undefined build secret":            "services: {a: {build: {context: ., secrets: [s]}}}",
	"undefined config":                  "services: {a: {image: a, configs: [c]}}",
	"undefined model":                   "services: {a: {image: a, models: [m]}}",
	"undefined secret":                  "services: {a: {image: a, secrets: [s]}}",
	"scale beside other replicas":       "services: {a: {image: a, scale: 2, deploy: {replicas: 3}}}",
	"scale beside the same replicas":    "services: {a: {image: a, scale: 2, deploy: {replicas: 2}}}",
	"negative scale":                    "services: {a: {image: a, scale: -1}}",
	"negative replicas":                 "services: {a: {image: a, deploy: {replicas: -1}}}",
	"cpus beside other limits":          "services: {a: {image: a, cpus: 1, deploy: {resources: {limits: {cpus: \"2\"}}}}}",
	"mem_limit beside other limits":     "services: {a: {image: a, mem_limit: 1m, deploy: {resources: {limits: {memory: 2m}}}}}",
	"mem_reservation beside others":     "services: {a: {image: a, mem_reservation: 1m, deploy: {resources: {reservations: {memory: 2m}}}}}",
	"pids_limit beside other limits":    "services: {a: {image: a, pids_limit: 1, deploy: {resources: {limits: {pids: 2}}}}}",
	"name and scale":                    "services: {a: {image: a, container_name: own, scale: 2}}",
	"name and replicas":                 "services: {a: {image: a, container_name: own, deploy: {replicas: 2}}}",
	"name and one replica":              "services: {a: {image: a, container_name: own, scale: 1}}",
	"watch without target":              "services: {a: {image: a, develop: {watch: [{path: ., action: sync}]}}}",
	"tmpfs twice":                       "services: {a: {image: a, tmpfs: [/t, /t]}}",
	"tmpfs and volume":                  "services: {a: {image: a, tmpfs: [/t], volumes: [\"./x:/t\"]}}",
	"volume target twice":               "services: {a: {image: a, volumes: [\"./x:/t\", {type: bind, source: ./y, target: /t}]}}",
	"secret without source":             "services: {a: {image: a}}\nsecrets: {s: {}}",
	"external secret":                   "services: {a: {image: a}}\nsecrets: {s: {external: true}}",
	"circle":                            "services: {a: {image: a, depends_on: [b]}, b: {image: b, depends_on: [a]}}",
	"circle of extends":                 "services: {a: {extends: b}, b: {extends: a}}",
	"external with other keys":          "services: {a: {image: a}}\nvolumes: {v: {external: true, driver: x}}",
	"gpu count beside device ids":       "services: {a: {image: a, deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: 1, device_ids: [x]}]}}}}}",
	"blank path to watch":               "services: {a: {image: a, develop: {watch: [{path: \"\", action: rebuild}]}}}",
	"invalid host_ip":                   "services: {a: {image: a, ports: [{target: 80, host_ip: x}]}}",
	"port without target":               "services: {a: {image: a, ports: [{published: 80}]}}",
	"short port without target":         "services: {a: {image: a, ports: [\"80:\"]}}",
	"target 0":                          "services: {a: {image: a, ports: [\"80:0\"]}}",
	"port of a profile without target":  "services: {a: {image: a}, b: {image: b, profiles: [p], ports: [\"80:\"]}}",
	"published that is no number":       "services: {a: {image: a}, b: {image: b, profiles: [p], ports: [{target: 80, published: x}]}}",
	"invalid protocol":                  "services: {a: {image: a}, b: {image: b, profiles: [p], ports: [{target: 80, protocol: x}]}}",
	"target above all ports":            "services: {a: {image: a}, b: {image: b, profiles: [p], ports: [{target: 70000}]}}",
	"target that is no number":          "services: {a: {image: a}, b: {image: b, profiles: [p], ports: [{target: x}]}}",
	"env file that is not there":        "services: {a: {image: a, env_file: no.env}}",
	"label file that is not there":      "services: {a: {image: a, label_file: no.labels}}",
	"trailing space of a variable":      "services: {a: {image: a, environment: [\"A =1\"]}}",
	"one name for two":                  "services: {a: {image: a, container_name: own}, b: {image: b, container_name: own}}",
	"one name for two, one without any": "services: {a: {image: a, container_name: own, scale: 0}, b: {image: b, container_name: own}}",
	"one name, one in a profile":        "services: {a: {image: a, container_name: own}, b: {image: b, container_name: own, profiles: [p]}}",
	"services that are no mapping":      "services: []",
	"job beside a service of its name":  "services: {a: {image: a}}\njobs: {a: {image: a, triggers: {manual: true}}}",
}

// TestConsistency: what Compose refuses before it talks to an engine has the verdict refused, with a finding that says why, and
// nothing else has.
func TestConsistency(t *testing.T) {
	for name, text := range inconsistentProjects {
		t.Run(name, func(t *testing.T) {
			dir := testdir.Layout(t, "-- compose.yaml --\n"+text+"\n")
			l, err := Load(t.Context(), Options{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			projects := []*lint.Project{l.Project}
			refusal := refusedByCompose(t, dir)
			verdict := lint.VerdictOf(projects, nil, lint.UpOptions{}, l.Project.Blind)
			if (refusal != nil) != (verdict == lint.VerdictRefused) {
				t.Errorf("verdict %s, Compose says %v", verdict, refusal)
			}
			if refusal == nil {
				return
			}
			var errors []string // their messages
			for _, f := range lint.Run(projects, lint.Settings{}).Findings {
				if f.Severity == lint.Error {
					errors = append(errors, f.Message)
				}
			}
			if len(errors) == 0 {
				t.Errorf("no error says %v", refusal)
			}
		})
	}
}

// refusedByCompose is what the loader says, and what Compose asks of a loaded project.
func refusedByCompose(t *testing.T, dir string) error {
	t.Helper()
	details := types.ConfigDetails{WorkingDir: dir, Environment: types.Mapping{},
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(dir, "compose.yaml")}}}
	p, err := loader.LoadWithContext(t.Context(), details, func(o *loader.Options) { o.SetProjectName("p", true) })
	if err != nil {
		return err
	}
	return p.CheckContainerNameUnicity()
}
