package run

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
)

// CompletionTime bounds what a shell waits for when somebody presses the tab key.
const CompletionTime = time.Second

// OtherContexts are the contexts of docker that the flags do not name yet.
func (g *Flags) OtherContexts(w Process) []string {
	named := func(name string) bool { return slices.Contains(g.Contexts, name) }
	return slices.DeleteFunc(dockerapi.Contexts(w.Env), named)
}

// ProfilesNow are the profiles that the services of the project have that the flags mean.
func ProfilesNow(ctx context.Context, w Process, g Flags) []string {
	profiles := map[string]bool{}
	for _, s := range ServicesNow(ctx, w, g) {
		for _, p := range s.Profiles {
			profiles[p] = true
		}
	}
	return slices.Sorted(maps.Keys(profiles))
}

// ServicesNow are the services of the project that the flags mean, by name, those of all profiles. It reads no standard
// input: that is the shell's.
func ServicesNow(ctx context.Context, w Process, g Flags) []lint.Service {
	if slices.Contains(g.Files, "-") {
		return nil
	}
	ctx, stop := context.WithTimeout(ctx, w.Within(CompletionTime))
	defer stop()
	o, err := g.Options(w, false)
	if err != nil {
		return nil
	}
	o.Profiles = []string{"*"}
	l, err := LoadOne(ctx, w, o)
	if err != nil {
		return nil
	}
	services := slices.Clone(l.Project.Services)
	slices.SortFunc(services, func(a, b lint.Service) int { return cmp.Compare(a.Name, b.Name) })
	return services
}
