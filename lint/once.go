package lint

import (
	"fmt"
	"path/filepath"
	"slices"
)

// OncePerProject puts those findings of a project together that say the same of many ports, as [Finding.Common] tells: one finding at
// the first place, which names the others. What else was found stays as it is.
func OncePerProject(found []Finding) []Finding {
	var out []Finding
	at := map[string]int{}
	ports := map[int]int{} // further host ports, by the place in out
	for _, f := range found {
		key := fmt.Sprint(f.Rule, "|", f.Project, "|", filepath.Dir(f.Span.File), "|", f.Severity, // two projects may have one name
			"|", f.Contexts, "|", f.Profiles, "|", f.Common)
		i, known := at[key]
		if f.Common == "" || f.Binding == nil || !known {
			at[key] = len(out)
			out = append(out, f)
			continue
		}
		if ports[i] == 0 {
			out[i].Related = slices.Clone(out[i].Related)
		}
		ports[i]++
		out[i].Related = append(out[i].Related, Related{Message: fmt.Sprintf("%s of %q", f.Wants, f.Service), Span: f.Span, Entry: f.Binding.Entry})
	}
	for i, n := range ports {
		f := &out[i]
		more := fmt.Sprintf("%d others", n)
		if n == 1 {
			more = "another one"
		}
		f.Message = fmt.Sprintf("%s of %q and %s %s", f.Wants, f.Service, more, f.Common)
		f.Fixes = []Fix{advise("move them all, as `portlint check --fix --unsafe-fixes` does with what it can")}
	}
	return out
}
