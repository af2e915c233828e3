package lint

import "fmt"

var sharedImageTag = Rule{
	Name: "shared-image-tag", Severity: Info, Certainty: Certain,
	Summary: "a second checkout runs, or overwrites, the image that this one builds",
	Check:   checkSharedImageTag,
}

// checkSharedImageTag finds fixed tags of images that the project builds. Compose builds where the engine has no image of that
// tag, and else runs what is there, whoever has built it.
func checkSharedImageTag(p *Pass) {
	seen := map[Span]bool{}
	for _, s := range p.Project.Services {
		if !s.Builds || !s.Image.Literal() || seen[s.Image.Span] {
			continue
		}
		seen[s.Image.Span] = true
		p.Report(Finding{Service: s.Name, Span: s.Image.Span, Name: &Name{Kind: NameOfImage, Value: s.Image},
			Message: fmt.Sprintf("image %q is shared", s.Image.Label()), shorter: []string{"this image is shared"},
			Notes: []Note{{Label: NoteWhy, Text: fmt.Sprintf("every checkout builds %q under this tag, runs what another one has built, and overwrites it with `--build`", s.Name)}},
			Fixes: []Fix{advise("leave `image` out, and Compose calls the image after the project, or make its tag a variable")}})
	}
}
