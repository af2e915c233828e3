package compose

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
)

// diagnosis finds why Compose refuses a project, and where.
type diagnosis struct {
	*composer

	readings map[*item]reading
	secrets  secrets
}

// defects turns compose-go's error into one defect per reason, each at the best place that is known for it; modelled as
// [composer.load] says it. A reason that a port item explains already is left out, and what rests on a value that nothing
// gives is no defect.
func (d *diagnosis) defects(ctx context.Context, err error, modelled bool) []lint.Defect {
	if errors.Is(err, errUnread) {
		return nil
	}
	out := d.toDefects(d.faults(ctx, err, modelled))
	if len(out) == 0 && slices.ContainsFunc(reasonsIn(err), d.saidByPort) {
		out = d.toDefects(d.serviceFaults(ctx)) // what the ports have hidden
	}
	return out
}

func (d *diagnosis) toDefects(faults []fault) []lint.Defect {
	var out []lint.Defect
	for _, f := range d.withoutJobs(faults) {
		f.reason = constructed().ReplaceAllString(d.mirror.strip(strings.Join(strings.Fields(f.reason), " ")), "")
		notTheirs := d.fromGuess(f.reason) || d.dueToRemote(f.reason)
		saidElsewhere := d.saidByPort(f.reason) || d.saidByName(f.reason)
		if notTheirs || saidElsewhere {
			continue
		}
		if !f.span.Known() {
			f.span = d.locate(f)
		}

		said := d.secrets.redact(d.shorten(withoutLine(f.reason)))
		out = append(out, lint.Defect{Span: f.span, Reason: said, Hint: d.hint(f)})
	}
	return out
}

// isAtTop reports whether the schema refuses keys at top level.
func (f fault) isAtTop() bool { return len(f.keys) > 0 && len(f.path) == 0 }

// withoutJobs leaves out what the newest schema says of `jobs`, where no file has services and other keys are refused too: such
// a file, a workflow perhaps, is not meant for Compose.
func (d *diagnosis) withoutJobs(faults []fault) []fault {
	if len(d.found) > 0 || !slices.ContainsFunc(faults, fault.isAtTop) {
		return faults
	}
	return slices.DeleteFunc(faults, func(f fault) bool { return len(f.path) > 1 && f.path[0] == "jobs" })
}

// fromGuess reports whether a reason rests on a placeholder for a value that nothing gives.
func (d *diagnosis) fromGuess(reason string) bool {
	return d.guessed && strings.Contains(reason, placeholder)
}

// dueToRemote reports whether a service is missing only because its file was not fetched.
func (d *diagnosis) dueToRemote(reason string) bool {
	return len(d.blind) > 0 && (strings.Contains(reason, "cannot extend service") || strings.Contains(reason, "undefined") ||
		strings.Contains(reason, "empty compose file"))
}

var portReasons = []string{"invalid proto:", "invalid hostPort:", "invalid containerPort:", "no port specified:",
	"invalid ranges specified", "invalid IP address", "invalid type"}

// saidByPort reports whether a reason is about a port item that is reported as invalid, at its own place.
func (d *diagnosis) saidByPort(reason string) bool {
	items := d.found.items()
	if m := portPath().FindStringSubmatch(reason); m != nil {
		if s := d.found[m[1]]; s != nil {
			items = s.items
		}
	} else if !slices.ContainsFunc(portReasons, func(p string) bool { return strings.HasPrefix(reason, p) }) {
		return false
	}
	return slices.ContainsFunc(items, func(it *item) bool {
		invalid := d.readings[it].invalid
		return invalid != nil && invalid.Since == ""
	})
}

// replicasNamed is what Compose says of several replicas with one name; the words before and behind "and" are swapped there.
// Source: compose-go loader/validate.go, checkConsistency.
var replicasNamed = lazyexp.New(`^services\.(?:scale|deploy\.replicas): can't set container_name and (\S+) as container name`)

// saidByName reports whether a reason is about a container name that a rule reports, at its own place.
func (d *diagnosis) saidByName(reason string) bool {
	m := replicasNamed().FindStringSubmatch(reason)
	if m == nil || d.found[m[1]] == nil {
		return false
	}
	return d.found[m[1]].span("container_name").Known() && !d.guessed
}

var portPath = lazyexp.New(`services\.([^ ]+)\.ports\b`)

func (m services) items() []*item {
	var all []*item
	for _, s := range m {
		all = append(all, s.items...)
	}
	return all
}

// constructed are go-yaml's own words around a reason, with the line of the mapping that holds the place.
var constructed = lazyexp.New(`yaml: construct errors: line \d+: |go-yaml load error in \w+ `)

// maxReason bounds a reason, in runes: Compose prints whole scripts.
const maxReason = 240

// shorten writes paths relative to the project, and leaves out what no one reads.
func (d *diagnosis) shorten(reason string) string {
	reason = strings.ReplaceAll(reason, d.dir+string(filepath.Separator), "")
	reason = strings.TrimSuffix(reason, ": invalid compose project")
	reason = strings.ReplaceAll(reason, " false schema", " is no key that Compose knows")
	if runes := []rune(reason); len(runes) > maxReason {
		return string(runes[:maxReason]) + "…"
	}
	return reason
}

// hint says what a reason comes from where that is certain.
func (d *diagnosis) hint(f fault) string {
	reason, file := f.reason, d.fileIn(f.reason)
	if m := required().FindStringSubmatch(reason); m != nil {
		return fmt.Sprintf("write %s=... in .env, or set it in the environment", m[1])
	}

	closest := f.closestKeys()
	if nothing := len(d.found) == 0 || len(d.legacy) > 0; nothing && f.isAtTop() && !strings.Contains(closest, `"services"`) {
		closest = "" // the keys of a file that is of another kind, or the services of version 1
	}

	switch {
	case bytes.Contains(file.Text, []byte("\n<<<<<<< ")):
		return "the file holds the marks of a merge conflict"
	case strings.HasPrefix(reason, "project name"):
		return "write `name:` with a value, in which at least one letter of a to z or one digit stands"
	case strings.Contains(reason, "found a tab character") || file.Err != nil && bytes.Contains(file.Text, []byte("\n\t")):
		return "YAML is indented with spaces, never with tabs"
	case strings.Contains(reason, "neither an image nor a build context"):
		return "a file that only adds to another one is read together with it: -f compose.yaml -f this-file.yaml"
	case strings.HasPrefix(reason, "env file ") && strings.HasSuffix(reason, "not found"):
		return "create the file, or write `required: false`"
	case closest != "":
		return closest
	case len(d.found) == 0 && f.isAtTop():
		return "a Compose file has its services under `services:`"
	case len(d.legacy) > 0 && len(f.keys) > 0:
		return "a file of version 1: put the services under `services:`"
	case len(f.keys) > 0 && slices.Equal(f.path, []string{"services"}):
		return "a service name is made of letters, digits, '.', '_' and '-'"
	case len(f.keys) > 0:
		return "a key of another tool begins with x-"
	}
	return ""
}

// required is what Compose says of ${X:?} without a value. Source: compose-go template/template.go, MissingRequiredError.
var required = lazyexp.New(`required variable ([A-Za-z_][A-Za-z0-9_]*) is missing a value`)

// circles are the reasons that name a circle, with what stands between its members.
var circles = map[string]string{"Circular reference:": " extends ", "dependency cycle detected:": " -> "}

// turnedCircle lets a circle begin at the member that comes first by name, without what leads to it.
func turnedCircle(reason string) string {
	reason = strings.Join(strings.Fields(reason), " ")
	for prefix, between := range circles {
		chain, ok := strings.CutPrefix(reason, prefix+" ")
		if !ok {
			continue
		}
		links := strings.Split(chain, between)
		last := len(links) - 1
		links = links[slices.Index(links, links[last]):last]
		if len(links) == 0 {
			return reason
		}
		first := slices.Index(links, slices.Min(links))
		links = append(slices.Clone(links[first:]), links[:first+1]...)
		return prefix + " " + strings.Join(links, between)
	}
	return reason
}
