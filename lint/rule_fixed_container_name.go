package lint

import "fmt"

var fixedContainerName = Rule{
	Name: "fixed-container-name", Severity: Info, Certainty: Certain,
	Summary: "a literal container name, which keeps a second checkout from starting",
	Check:   checkFixedContainerName,
}

// aloneHere is what comes of something that two checkouts want and one can have.
const aloneHere = "a second checkout cannot start beside this one"

func checkFixedContainerName(p *Pass) {
	seen := map[Span]bool{} // one that several services share through an alias stands once
	for i := range p.Project.Services {
		s := &p.Project.Services[i]
		v := s.ContainerName
		if !v.Literal() || s.Provider || seen[v.Span] {
			continue
		}
		seen[v.Span] = true

		f := Finding{Service: s.Name, Span: s.nameSpan(), Name: &Name{Kind: NameOfContainer, Value: v},
			Message: fmt.Sprintf("container name %q is fixed", v.Label()), shorter: []string{fmt.Sprintf("name %q is fixed", v.Label()), "this name is fixed"},
			Notes: []Note{{Label: NoteWhy, Text: aloneHere}}}
		for _, m := range p.Project.namedElsewhere(v.Text) {
			f.Related = append(f.Related, Related{Message: fmt.Sprintf("%s names %q", m.Kind, m.Name), Span: m.Span, Quiet: m.Quiet})
		}
		f.Fixes = p.freeNameFixes(s)
		p.Report(f)
	}
}

// namedElsewhere are the places that would not follow another name of a container.
func (p *Project) namedElsewhere(name string) (found []NameMention) {
	for _, m := range p.NameMentions {
		if m.Name == name {
			found = append(found, m)
		}
	}
	return found
}

// freeNameFixes make a container name a variable. Where another service of the project needs the container by its name, the name
// can't change alone.
func (p *Pass) freeNameFixes(s *Service) []Fix {
	v := s.ContainerName
	name := p.suggester.variableOf(p.Project, v.Text)
	for _, o := range p.Project.Services {
		for _, r := range o.Reaches {
			if r.Name == v.Text {
				return []Fix{advise(fmt.Sprintf("write %q in %s of %q, which needs the container by its name; then leave container_name out or write %s",
					r.byService(s.Name), r.Key, o.Name, withDefault(name, v.Text)))}
			}
		}
	}

	if fix, ok := p.variableFix(v, name, "container name of "+s.Name); ok {
		return []Fix{fix}
	}
	return []Fix{advise("leave container_name out, or make it a variable such as " + withDefault(name, v.Label()))}
}

// byService is how a service reaches the container of another one of its project by the name of that.
func (r Reach) byService(name string) string {
	switch r.Key {
	case "volumes_from", "external_links":
		return name
	}
	return "service:" + name
}
