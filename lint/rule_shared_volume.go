package lint

import (
	"fmt"
	"slices"
)

var sharedVolume = Rule{
	Name: "shared-volume", Severity: Info, Certainty: Certain,
	Summary: "a volume that all checkouts have in common, with its data",
	Check:   checkSharedVolume,
}

// checkSharedVolume looks at the volumes whose name does not depend on the project. Compose uses one that is there with a warning,
// and no engine refuses it.
func checkSharedVolume(p *Pass) {
	for i := range p.Project.Volumes {
		v := &p.Project.Volumes[i]
		written := v.Name.Span.Known()
		fixed := written && v.Name.Literal() || v.External && !written
		if shared := fixed || p.beside.hasVolume(v); !shared || !p.Project.usesVolume(v.Key) {
			continue
		}

		f := Finding{Span: v.Name.Span, Name: &Name{Kind: NameOfVolume, Value: v.Name}, Message: fmt.Sprintf("volume %q is shared; it is %q in every checkout, and a second one uses the same data", v.Key, v.Name.Label()),
			shorter: []string{"this volume is shared"},
			Fixes:   []Fix{advise("leave `name` out, and each project has a volume of its own")}}
		if v.External {
			f.Message = fmt.Sprintf("volume %q is external; a second checkout uses the same data", v.Key)
			f.Fixes = []Fix{advise("leave `external` out, and each project has a volume of its own")}
		}
		if !f.Span.Known() {
			f.Span = v.Span
		}
		p.Report(f)
	}
}

// usesVolume reports whether any service mounts the volume of that key.
func (p *Project) usesVolume(key string) bool {
	return slices.ContainsFunc(p.Services, func(s Service) bool { return slices.Contains(s.Volumes, key) })
}
