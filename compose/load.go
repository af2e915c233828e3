package compose

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/compose-spec/compose-go/v2/consts"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/compose/syntax"
	"github.com/portlint/portlint/lint"
)

// Load reads one project. What is wrong with the user's files is in Project.Defects and Project.Invalid; the error is
// for what could not be done at all, such as no Compose file found or one that can't be read.
func Load(ctx context.Context, o Options) (Loaded, error) {
	r, err := newReader(o)
	if err != nil {
		return Loaded{}, err
	}
	if err := r.addMirror(); err != nil {
		return Loaded{}, err
	}

	defer r.mirror.remove()
	r.read(ctx)
	r.texts.scan(r.ports)
	r.addUnset()
	r.addHostNetworks()
	r.addAddresses()
	r.project.Blind = append(r.project.Blind, r.disk.LeftUnread(r.dir, r.inputs.files)...)
	return Loaded{Project: r.project, Sources: r.sources(), Defaults: r.defaults, Copies: r.texts.copies, Required: r.requiredValues(), Items: r.items(),
		Part: o.lacks().why(), Found: o.Search != nil, comparison: r.compared}, nil
}

// addMirror shows an overlay to compose-go where it would read the disk by itself.
func (r *reader) addMirror() error {
	r.Overlay = r.readable()
	if !r.needsMirror() {
		return nil
	}
	if path := r.namedAbsolutely(); path != "" {
		return fmt.Errorf("%q is named by its absolute path, under which Compose sees the file on the disk", path)
	}

	var err error
	if r.mirror, err = newMirror(r.Overlay, r.mayName); err != nil {
		return fmt.Errorf("cannot show the edited files to Compose: %w", err)
	}
	return nil
}

// newReader settles the inputs and walks the files.
func newReader(o Options) (*reader, error) {
	in, err := discover(o)
	if err != nil {
		return nil, err
	}
	if o.ProjectName != loader.NormalizeProjectName(o.ProjectName) {
		return nil, loader.InvalidProjectNameErr(o.ProjectName)
	}

	w := &walker{files: map[string]*syntax.File{}, in: o.Stdin, from: in.disk, stubs: map[string]bool{}}
	found := w.load(in.files, scope{env: in.env, dir: in.dir, kind: "file"}, lint.Span{})
	for _, m := range w.missing {
		if !m.span.Known() {
			return nil, m.err
		}
	}

	tree := &fileTree{Options: o, inputs: in, walker: w, found: found}
	r := &reader{composer: &composer{fileTree: tree, name: tree.projectName()}}
	r.project = &lint.Project{Name: r.composer.name, Dir: in.dir, Files: in.files, Profiles: in.profiles, Blind: w.blind, TestData: o.Search != nil && o.Search.TestData}
	r.project.Compatibility = o.Compatibility || in.env.isOn("COMPOSE_COMPATIBILITY")
	for _, e := range in.env.examples.tooLarge {
		r.project.Blind = append(r.project.Blind, lint.Blind{What: e.file, Why: fmt.Sprintf("line %d: %v", e.line, e.err)})
	}
	r.texts = &textScan{fileTree: tree, project: r.project}
	return r, nil
}

// fileTree is what the walk found of a project, and how the project is asked for.
type fileTree struct {
	Options
	inputs
	*walker
	found services
}

// reader joins what compose-go says with what the walk found.
type reader struct {
	*composer

	project  *lint.Project
	readings map[*item]reading
	secrets  secrets
	texts    *textScan
	compared comparison
}

// read loads the project and fills in what is found of it.
func (r *reader) read(ctx context.Context) {
	r.secrets = r.collectSecrets()
	r.project.Title = r.title(r.secrets)
	r.project.NameFromCaller = r.fileTree.ProjectName != "" || r.fileTree.env.originOf(consts.ComposeProjectName).Kind == lint.FromShell
	r.readAll()
	r.lookAtEnvFiles()
	project, modelled, err := r.load(ctx)
	if r.grows {
		err = errGrows // not one for each text after that
	}
	if err != nil {
		d := &diagnosis{composer: r.composer, readings: r.readings, secrets: r.secrets}
		r.project.Defects = d.defects(ctx, err, modelled)
		project = r.loadPartially(ctx)
	}
	r.addServices(project, err == nil)
	r.addNetworks(project)
	r.keep(project, err == nil)
}

// addServices fills the services of the project; full says that compose-go loaded it.
func (r *reader) addServices(project *types.Project, full bool) {
	for _, name := range slices.Sorted(maps.Keys(r.found)) {
		r.project.Services = append(r.project.Services, r.service(name, project, full))
	}
}

// readAll parses every item, now that the walk has seen all example files.
func (r *reader) readAll() {
	r.readings = map[*item]reading{}
	for _, name := range slices.Sorted(maps.Keys(r.found)) {
		for _, it := range r.found[name].items {
			if r.ports += it.width(); r.ports > maxPorts {
				r.project.Blind = append(r.project.Blind, lint.Blind{What: "ports", Why: errPorts.Error(), Span: r.found[name].key()})
				return
			}
			if _, done := r.readings[it]; !done {
				r.readings[it] = it.read()
			}
		}
	}
}

// items are the places of all items that were read.
func (r *reader) items() []lint.Span {
	spans := make([]lint.Span, 0, len(r.readings))
	for it := range r.readings {
		spans = append(spans, it.layer.file.Span(syntax.Resolve(it.node)))
	}
	slices.SortFunc(spans, lint.Span.Compare)
	return spans
}

// projectName follows compose-go cli/options.go, withNamePrecedenceLoad: -p, COMPOSE_PROJECT_NAME, `name:`, directory. A
// `name` of the first document of a file, even if nothing is left of it, keeps the directory out.
func (t *fileTree) projectName() string {
	if t.ProjectName != "" {
		return t.ProjectName
	}
	if name, _ := t.env.fromVars(consts.ComposeProjectName); name != "" {
		return name
	}
	if name := loader.NormalizeProjectName(t.name); name != "" || t.named {
		return name
	}
	return loader.NormalizeProjectName(filepath.Base(t.dir))
}

// sources are the texts of all files that were read.
func (r *reader) sources() lint.Sources {
	out := lint.Sources{}
	for path, f := range r.walker.files {
		out.Add(path, f.Text)
		out[path].Private = f.Private
	}
	for _, f := range r.texts.beside {
		out.Add(f.Path, f.Text)
		out[f.Path].Private = !r.disk.Shown(f.Path)
	}
	return out
}
