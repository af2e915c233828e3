package lint

import (
	"fmt"
	"slices"
	"strings"
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
	if p.beside != nil && p.beside.Project != nil {
		p.checkSharedPaths()
	}
}

// checkSharedPaths looks, where somebody asks about a second checkout, at what both have outside of volumes of the engine's own: paths of
// the machine that services mount, and those where the driver of a volume has its data.
func (p *Pass) checkSharedPaths() {
	for i := range p.Project.Services {
		s := &p.Project.Services[i]
		second := p.beside.Project.Service(s.Name)
		if second == nil {
			continue
		}
		for _, path := range s.Paths {
			if path.Text != "" && slices.ContainsFunc(second.Paths, func(o Value) bool { return o.Text == path.Text }) {
				f := p.sharedPath(path, fmt.Sprintf("%q mounts %s in every checkout; a second one uses the same files", s.Name, path.Label()))
				f.Service = s.Name
				f.Fixes = []Fix{advise("where that is not meant, use a path below the project's directory, or a volume; add `:ro` where nothing is written")}
				p.Report(f)
			}
		}
	}

	for i := range p.Project.Volumes {
		v := &p.Project.Volumes[i]
		same := slices.ContainsFunc(p.beside.Project.Volumes, func(o ProjectVolume) bool { return o.Key == v.Key && o.Device.Text == v.Device.Text })
		isPath := strings.HasPrefix(v.Device.Text, "/") || strings.HasPrefix(v.Device.Text, ":")
		if same && isPath && p.Project.usesVolume(v.Key) {
			f := p.sharedPath(v.Device, fmt.Sprintf("volume %q is in %s in every checkout; a second one uses the same data", v.Key, v.Device.Label()))
			f.Fixes = []Fix{advise("leave `device` out, or give it a variable and set that in each checkout")}
			p.Report(f)
		}
	}
}

func (p *Pass) sharedPath(path Value, message string) Finding {
	return Finding{Span: path.Span, Name: &Name{Kind: NameOfPath, Value: path}, Message: message}
}

// usesVolume reports whether any service mounts the volume of that key.
func (p *Project) usesVolume(key string) bool {
	return slices.ContainsFunc(p.Services, func(s Service) bool { return slices.Contains(s.Volumes, key) })
}
