package up

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/portlint/portlint/lint"
)

// refusedFlags says which flags after `up` Compose refuses, "" when it takes them. Source: compose cmd/compose/up.go,
// validateFlags and upCommand, and cmd/compose/create.go.
func refusedFlags(f *pflag.FlagSet) string {
	for _, apart := range [][2][]string{ // any of the first with any of the second
		{{"detach", "wait"}, {"abort-on-container-exit", "abort-on-container-failure", "exit-code-from", "attach", "attach-dependencies", "watch"}},
		{{"abort-on-container-exit"}, {"abort-on-container-failure"}},
		{{"attach"}, {"attach-dependencies"}},
		{{"no-build"}, {"build", "watch"}},
		{{"no-recreate"}, {"force-recreate", "always-recreate-deps", "renew-anon-volumes"}},
	} {
		for _, one := range apart[0] {
			i := slices.IndexFunc(apart[1], func(other string) bool { return isSet(f, one) && isSet(f, other) })
			if i >= 0 {
				return fmt.Sprintf("docker compose up refuses --%s with --%s", one, apart[1][i])
			}
		}
	}
	if pull := f.Lookup("pull").Value.String(); !slices.Contains([]string{"always", "build", "if_not_present", "missing", "never"}, pull) {
		return fmt.Sprintf("docker compose up refuses --pull %q", pull)
	}
	if wait := f.Lookup("wait-timeout").Value.String(); strings.HasPrefix(wait, "-") {
		return fmt.Sprintf("docker compose up refuses --wait-timeout %s", wait)
	}
	return ""
}

// isSet reports whether a flag is true, or has a value.
func isSet(f *pflag.FlagSet, name string) bool {
	return !slices.Contains([]string{"", "false", "[]"}, f.Lookup(name).Value.String())
}

// refusedName says which flag names a service that this `up` does not start, "" when none does: Compose refuses that.
func (l *Line) refusedName(p *lint.Project) string {
	for _, by := range []struct {
		flag  string
		names []string
	}{{"attach", l.attach}, {"exit-code-from", []string{l.exit}}, {"scale", slices.Sorted(maps.Keys(l.Options.Scale))}} {
		for _, name := range by.names {
			plan := lint.PlanUp(p, nil, lint.UpOptions{Services: l.Options.Services, Scale: map[string]int{name: 1}})
			if name != "" && !slices.ContainsFunc(plan.Starts, func(s *lint.Service) bool { return s.Name == name }) {
				return fmt.Sprintf("docker compose up refuses --%s for %q, which it does not start", by.flag, name)
			}
		}
	}

	return ""
}
