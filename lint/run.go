package lint

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/portlint/portlint/lint/pick"
)

// Settings change what Run reports.
type Settings struct {
	Severity map[string]Severity // by rule; Off silences it, unset keeps the rule's own
	Within   Ports               // the host ports that a suggestion may take; none: no bounds
	Reserved map[uint16]bool     // host ports that a suggestion must not take
	Taken    map[uint16]string   // the same, with who has them in words
	Host     *Host               // the machine; nil when only files are read
	Up       UpOptions           // the flags of the `up` that is asked about
	// Suggested is what a Run about another machine suggested: the same port for the same place, where it is free here too.
	Suggested Suggestions
	// Second are the projects as another checkout of each would have them, where somebody asks about that.
	Second map[*Project]*SecondCheckout
}

// Result is what Run found.
type Result struct {
	Findings   []Finding   // by place
	Suppressed []Finding   // that an ignore comment took away
	Passed     []pick.Skip // host ports that suggestions passed over, in their order
	Suggested  Suggestions
}

// Run applies all rules to all projects.
func Run(projects []*Project, settings Settings) Result {
	projects = settings.Up.reads(projects)
	suggester := newSuggester(projects, settings)
	result := applyIgnores(projects, examine(projects, settings, suggester), settings)
	result.Passed, result.Suggested = suggester.skips(), suggester.suggested
	return result
}

// examine is what the rules say before any comment takes it away.
func examine(projects []*Project, settings Settings, suggester *suggester) []Finding {
	var all []Finding
	views := newViews(projects, settings)
	for _, rule := range Rules {
		severity, set := settings.Severity[rule.Name]
		off, blind := set && severity == Off, rule.Live && settings.Host == nil
		if off || blind {
			continue
		}

		pass := Pass{Rule: rule, Projects: projects, Host: settings.Host, Reserved: settings.Reserved, up: settings.Up, suggester: suggester}
		pass.report = func(f Finding) {
			if set {
				f.Severity = severity
			}
			all = append(all, f)
		}
		run(rule, pass, views, settings)
	}

	return dedupe(all)
}

// view is a project as all rules see it.
type view struct {
	project   *Project
	plan      Plan
	occupancy occupancy
	// besideBlocked is what on this machine is in the way of a second checkout alone, where one is asked about.
	besideBlocked []Finding
}

func newViews(projects []*Project, settings Settings) []view {
	views := make([]view, len(projects))
	for i, p := range projects {
		views[i] = view{project: p, plan: PlanUp(p, settings.Host, settings.Up)}
		if settings.Host != nil {
			views[i].occupancy = newOccupancy(views[i].plan, settings.Host)
		}
		if second := settings.Second[p]; second != nil && second.Host != nil && second.Project != nil {
			views[i].besideBlocked = second.blocked(p, settings)
		}
	}
	return views
}

func run(rule Rule, pass Pass, views []view, settings Settings) {
	check := rule.Check
	if settings.Up.Stack {
		check = rule.Stack
	} else if rule.CheckAll != nil {
		rule.CheckAll(&pass)
		return
	}
	if check == nil {
		return
	}
	report := pass.report
	for _, v := range views {
		var said []Finding
		pass.Project, pass.Plan, pass.occupancy, pass.beside = v.project, v.plan, v.occupancy, settings.Second[v.project]
		pass.besideBlocked = v.besideBlocked
		pass.report = func(f Finding) {
			said = append(said, f)
			report(f)
		}
		check(&pass)
		if rule.Profiles {
			pass.report = report
			checkProfiles(pass, v, said, settings)
		}
	}
}

// dedupe sorts by place and drops what two projects that share a file both say.
func dedupe(found []Finding) []Finding {
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Span.File, b.Span.File), cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message),
			slices.CompareFunc(a.Notes, b.Notes, func(m, n Note) int { return cmp.Compare(m.Text, n.Text) }))
	})
	return slices.CompactFunc(found, Finding.Same)
}

// OncePerProject puts those findings of a project together that say the same of many ports, as [Finding.common] tells: one finding at
// the first place, which names the others. What else was found stays as it is.
func OncePerProject(found []Finding) []Finding {
	var out []Finding
	at := map[string]int{}
	ports := map[int]int{} // further host ports, by the place in out
	for _, f := range found {
		key := fmt.Sprint(f.Rule, "|", f.Project, "|", filepath.Dir(f.Span.File), "|", f.Severity, // two projects may have one name
			"|", f.Contexts, "|", f.Profiles, "|", f.common)
		i, known := at[key]
		if f.common == "" || f.Binding == nil || !known {
			at[key] = len(out)
			out = append(out, f)
			continue
		}

		if ports[i] == 0 {
			out[i].Related = slices.Clone(out[i].Related)
		}
		ports[i]++
		out[i].Related = append(out[i].Related, Related{Message: fmt.Sprintf("%s of %q", f.wants, f.Service), Span: f.Span, entry: f.Binding.Entry})
	}

	for i, n := range ports {
		f := &out[i]
		more := fmt.Sprintf("%d others", n)
		if n == 1 {
			more = "another one"
		}
		f.Message = fmt.Sprintf("%s of %q and %s %s", f.wants, f.Service, more, f.common)
		f.shorter = []string{fmt.Sprintf("%s and %s %s", f.wants, more, f.common), fmt.Sprintf("%d host ports %s", n+1, f.common)}
		f.fit()
		f.Fixes = []Fix{advise("move them all, as `portlint check --fix --unsafe-fixes` does with what it can")}
	}

	return out
}
