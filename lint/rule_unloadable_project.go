package lint

var unloadableProject = Rule{
	Name: "unloadable-project", Severity: Error, Certainty: Certain,
	Summary: "Compose itself would refuse the project",
	Check:   checkUnloadableProject,
	Stack:   checkUnloadableProject,
}

func checkUnloadableProject(p *Pass) {
	for _, d := range p.Project.Defects {
		f := Finding{Span: d.Span, Message: "docker compose refuses this project: " + d.Reason}
		if !f.Span.Known() && len(p.Project.Files) > 0 {
			f.Span = Span{File: p.Project.Files[0]}
		}
		if p.Project.TestData { // a test may want it refused
			f.Severity = Warning
		}
		if d.Hint != "" {
			f.Fixes = []Fix{{Title: d.Hint, Safety: Manual}}
		}
		p.Report(f)
	}
}
