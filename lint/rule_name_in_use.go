package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

var nameInUse = Rule{
	Name: "name-in-use", Severity: Error, Certainty: Certain, Live: true,
	Summary: "a container that `up` does not replace has a container name that it needs",
	Check:   checkNameInUse,
}

// checkNameInUse compares the names that `up` needs with those that the engine has given away: to containers that run, that have
// ended, that never ran. A name is refused when its container is made, after networks and volumes are.
func checkNameInUse(p *Pass) {
	for _, c := range p.Plan.nameConflicts(p.Host) {
		p.reportNameInUse(c)
	}
}

func (p *Pass) reportNameInUse(c nameConflict) {
	name := c.service.ContainerName
	owner := Owner{Kind: OwnerContainer, Container: c.holder, Span: c.holder.nameSpan, UID: -1}
	quoted := strconv.Quote(cmp.Or(name.Label(), c.name))
	headlines := p.Plan.taken(owner, "container name "+quoted, "name "+quoted, "this container name")
	if c.holder.Project == "" { // its name is all that a headline could tell of it
		headlines = slices.DeleteFunc(headlines, func(text string) bool { return strings.Contains(text, takenBy) })
	}
	f := Finding{Service: c.service.Name, Span: c.service.nameSpan(), Certainty: c.certainty, Name: &Name{Kind: NameOfContainer, Value: name},
		Message: headlines[0], shorter: headlines[1:], Owner: &owner}
	f.note(NoteHeldBy, c.holder.nameSentence(p.Plan))
	if name.Text == "" {
		f.Name.Text = c.name
		f.note(NoteWhy, fmt.Sprintf("Compose gives the name %q to %q", c.name, c.service.Name))
	}
	f.note(NotePossible, c.possible(p.Plan))
	if c.certainty < Certain {
		f.Severity = Warning
	}
	if c.holder.nameSpan != f.Span { // a second checkout that reads the very file has no other place
		f.Related = c.holder.namePlaces()
	}

	f.Fixes = []Fix{p.Plan.Remove(c.holder).fix(), p.otherName(c)}
	p.Report(f)
}

// possible says on what it depends where it is not certain.
func (c nameConflict) possible(plan Plan) string {
	switch {
	case c.certainty == Certain:
		return ""
	case c.race && plan.removeOrphans && plan.swept(c.holder):
		return "Compose 5.2 and newer do not wait until --remove-orphans has removed it"
	case c.race:
		return "this `up` takes the name from it, perhaps too late"
	default:
		return fmt.Sprintf("`up` needs it if it recreates %q", c.replaced.Name)
	}
}

// otherName is how the project goes without the name.
func (p *Pass) otherName(c nameConflict) Fix {
	v := c.service.ContainerName
	switch {
	case v.Text == "":
		return advise("give this project another name, with COMPOSE_PROJECT_NAME, or the service a container_name of its own")
	case v.Var == "" || v.From.Kind == FromProject:
		name := cmp.Or(p.suggester.variableOf(p.Project, v.Text), "CONTAINER_NAME")
		return advise(fmt.Sprintf("leave container_name out, or write %s and set %s to another name", withDefault(name, v.Label()), name))
	case v.From.Kind == FromShell:
		return advise(fmt.Sprintf("set %s to another name in the environment", v.Var))
	case p.Project.EnvFile != "" || v.From.Kind == FromEnvFile:
		return advise(fmt.Sprintf("set %s to another name in .env", v.Var))
	}
	return advise(fmt.Sprintf("set %s to another name", v.Var))
}
