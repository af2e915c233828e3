package relocate

import (
	"context"
	"maps"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/envfile"
	"github.com/portlint/portlint/lint/pick"
)

// Checkout is a project whose variables get values of its checkout's own.
type Checkout struct {
	run.Process
	base   compose.Options // how the project is read
	Loaded compose.Loaded

	ports   []freeport.PortVar // that alone decide about host ports, as texts do about names and subnets
	texts   []freeport.TextSlot
	Staying []Staying

	FixedPorts int // that no variable gives
	FixedTexts int // container names and subnets that no variable gives
}

// Staying is a variable that keeps its value.
type Staying struct{ Variable, Why string }

// ReadCheckout reads a project, and finds the variables that can have other values.
func ReadCheckout(ctx context.Context, w run.Process, base compose.Options) (*Checkout, error) {
	l, err := run.LoadOne(ctx, w, base)
	if err != nil {
		return nil, err
	}
	c := &Checkout{Process: w, base: base, Loaded: l}
	return c, c.findMovable(ctx)
}

// HasVariables reports whether there are variables for host ports, names or subnets.
func (c *Checkout) HasVariables() bool { return len(c.ports)+len(c.texts)+len(c.Staying) > 0 }

// with is the project that Compose would load with these values in the environment.
func (c *Checkout) with(ctx context.Context, values map[string]string) (compose.Loaded, error) {
	o := c.base
	o.Env = maps.Clone(o.Env)
	if o.Env == nil {
		o.Env = map[string]string{}
	}
	maps.Copy(o.Env, values)
	return run.LoadOne(ctx, c.Process, o)
}

// findMovable finds the variables that alone decide about what they give, by giving them other values and looking at what becomes of
// the project, and says what keeps the others where they are.
func (c *Checkout) findMovable(ctx context.Context) error {
	project := c.Loaded.Project
	ports, literals := freeport.PortVars(project)
	texts, fixed := freeport.TextVars(project)
	c.FixedPorts, c.FixedTexts = literals, fixed
	texts = slices.DeleteFunc(texts, func(s freeport.TextSlot) bool { // a name with a port in it follows that
		return slices.ContainsFunc(ports, func(v freeport.PortVar) bool { return v.Name == s.Variable })
	})

	why, plan := map[string]string{}, c.elsewhere(ports, texts)
	for repeat := true; repeat; {
		now, err := c.with(ctx, plan.Values())
		if err != nil {
			return err
		}
		repeat = plan.TakeBack(c.Loaded, now)
	}
	stays := func(variable, known, otherwise string) bool {
		if known != "" {
			why[variable] = known
		} else if plan.Move(variable) == nil {
			why[variable] = otherwise
		}
		return why[variable] != ""
	}

	for _, v := range ports {
		if !stays(v.Name, v.Stays(project), "its value is more, or less, than a host port") {
			v.Address = plan.Move(v.Name).(PortMove).Address()
			c.ports = append(c.ports, v)
		}
	}
	for _, s := range texts {
		if _, known := s.Elsewhere(); !stays(s.Variable, known, "its value is more, or less, than "+whatOf(s)) {
			c.texts = append(c.texts, s)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(why)) {
		c.Staying = append(c.Staying, Staying{name, why[name]})
	}
	return nil
}

// elsewhere gives all variables other values, whoever has those.
func (c *Checkout) elsewhere(ports []freeport.PortVar, texts []freeport.TextSlot) *Plan {
	var plan Plan
	at := pick.DefaultRange.First
	for _, v := range ports {
		if v.Stays(c.Loaded.Project) == "" {
			plan.Add(PortsOfVariable(v, 0).At(at))
			at += uint16(min(v.PortCount(), 100))
		}
	}

	for _, s := range texts {
		if value, why := s.Elsewhere(); why == "" {
			plan.Add(TextOf(s).At(value))
		}
	}

	return &plan
}

// whatOf names what a variable gives.
func whatOf(s freeport.TextSlot) string {
	if len(s.OfKind(lint.NameOfSubnet)) > 0 {
		return "a subnet with the addresses in it"
	}
	return "a name"
}

// Assign gives all variables values that nobody else has, and demands that Compose, with them, would make of the project what they say.
func (c *Checkout) Assign(ctx context.Context, p *freeport.Picker, host *lint.Host) (freeport.Assignment, error) {
	project := c.Loaded.Project
	want := freeport.Wanted{Project: project, Vars: c.ports, Texts: c.texts, Pinned: c.Loaded.Defaults[freeport.ProjectNameVar] != ""}
	if want.Pinned && !p.Named {
		plain, err := c.with(ctx, map[string]string{freeport.ProjectNameVar: ""})
		if err != nil {
			return freeport.Assignment{}, err
		}
		p.Base = plain.Project.Name
	}

	a, err := p.Assign(ctx, want, host)
	if err != nil {
		return a, err
	}
	return a, c.prove(ctx, a)
}

// prove demands that Compose, with the values, would make of the project what was given.
func (c *Checkout) prove(ctx context.Context, a freeport.Assignment) error {
	var plan Plan
	for _, v := range a.Vars {
		plan.Add(PortsOfVariable(v.PortVar, 0).At(v.To))
	}
	for _, t := range a.Texts {
		plan.Add(TextOf(t.TextSlot).At(t.To))
	}

	after, err := c.with(ctx, plan.Values())
	if err != nil {
		return err
	}
	all := run.Projects{Process: c.Process, All: []compose.Loaded{after}, Sources: c.Loaded.Sources}
	if err := all.Refused(); err != nil {
		return err
	}
	return plan.Prove(c.Loaded, after)
}

// Values are all variables of an assignment with their values, as an env file has them: the project's name, the ports, the names and
// subnets, each by name.
func Values(a freeport.Assignment) []envfile.Var {
	var out []envfile.Var
	if a.Set {
		out = append(out, envfile.Var{Name: freeport.ProjectNameVar, Value: a.Name})
	}

	for _, v := range a.Vars {
		out = append(out, envfile.Var{Name: v.Name, Value: v.Value()})
	}

	for _, t := range a.Texts {
		out = append(out, envfile.Var{Name: t.Variable, Value: t.To})
	}

	return out
}
