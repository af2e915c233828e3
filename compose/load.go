package compose

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/consts"
	interp "github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/tree"
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
	r.Overlay = r.near()
	if r.needsMirror() {
		if path := r.namedAbsolutely(); path != "" {
			return Loaded{}, fmt.Errorf("%q is named by its absolute path, under which Compose sees the file on the disk", path)
		}
		if r.mirror, err = newMirror(r.Overlay, r.mayName); err != nil {
			return Loaded{}, fmt.Errorf("cannot show the edited files to Compose: %w", err)
		}
		defer r.mirror.remove()
	}
	r.read(ctx)
	r.scan()
	r.addUnset()
	r.addHostNetworks()
	r.project.Blind = append(r.project.Blind, r.disk.LeftUnread(r.dir, r.inputs.files)...)
	return Loaded{Project: r.project, Sources: r.sources(), Defaults: r.defaults, Copies: r.copies, Demands: r.demands(), Items: r.items(),
		Part: o.lacks().Why(), Found: o.Search != nil, kept: r.kept}, nil
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
	r := &reader{Options: o, inputs: in, walker: w, found: found}
	r.project = &lint.Project{Dir: in.dir, Files: in.files, Profiles: in.profiles, Blind: w.blind, TestData: o.Search != nil && o.Search.TestData}
	for _, e := range in.env.examples.grow {
		r.project.Blind = append(r.project.Blind, lint.Blind{What: e.file, Why: fmt.Sprintf("line %d: %v", e.line, e.err)})
	}
	r.project.Name = r.projectName()
	return r, nil
}

// reader joins what compose-go says with what the walk found.
type reader struct {
	Options
	inputs
	*walker
	found   services
	project *lint.Project
	kept

	readings map[*item]reading
	ports    int               // with every range written out
	guessed  bool              // a placeholder went into what compose-go loads
	grows    bool              // variables made more of the files than there may be
	beside   []*syntax.File    // other files that a mention points into
	copies   []map[string]Copy // see Loaded.Copies
	secrets  secrets
}

func (r *reader) read(ctx context.Context) {
	r.secrets = r.collectSecrets()
	r.project.Title = r.title()
	r.readAll()
	r.lookAtEnvFiles()
	project, err := r.load(ctx)
	if r.grows {
		err = errGrows // not one for each text after that
	}
	if err != nil {
		r.project.Defects = r.defects(ctx, err)
		project = r.salvage(ctx)
	}
	r.addServices(project, err == nil)
	r.keep(project, err == nil)
}

// addServices fills the services of the project; exact says that compose-go loaded it.
func (r *reader) addServices(project *types.Project, exact bool) {
	for _, name := range slices.Sorted(maps.Keys(r.found)) {
		r.project.Services = append(r.project.Services, r.service(name, project, exact))
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
func (r *reader) projectName() string {
	if r.ProjectName != "" {
		return r.ProjectName
	}
	if name, _ := r.env.fromVars(consts.ComposeProjectName); name != "" {
		return name
	}
	if name := loader.NormalizeProjectName(r.name); name != "" || r.named {
		return name
	}
	return loader.NormalizeProjectName(filepath.Base(r.dir))
}

// load is compose-go's own loading, as `docker compose up` does it.
func (r *reader) load(ctx context.Context) (*types.Project, error) {
	for _, path := range r.inputs.files {
		if _, ok := r.walker.files[path]; !ok {
			return nil, errUnread
		}
	}
	if r.walker.unasked {
		return nil, errUnread
	}
	if err := r.unsafe(); err != nil {
		return nil, err
	}
	details := r.details()
	model, err := guarded(func() (map[string]any, error) { return loader.LoadModelWithContext(ctx, details, r.options) })
	if err != nil {
		return nil, err
	}
	project, err := r.toProject(model, details)
	if err != nil {
		return nil, r.inconsistent(ctx, details, err)
	}
	return project, nil
}

// toProject turns a model, which it changes, into a project.
func (r *reader) toProject(model map[string]any, details types.ConfigDetails) (*types.Project, error) {
	return guarded(func() (*types.Project, error) {
		r.patch(model)
		return loader.ModelToProject(model, loader.ToOptions(&details, []func(*loader.Options){r.options}), details)
	})
}

// unsafe is the reason not to hand the project to compose-go, which has no bounds of its own.
func (r *reader) unsafe() error {
	for _, path := range r.order {
		if err := r.walker.files[path].Err; errors.Is(err, syntax.ErrBomb) || errors.Is(err, syntax.ErrNested) {
			return err
		}
	}
	for _, m := range r.missing {
		if isRefused(m.err) {
			return m.err
		}
	}
	if r.ports > maxPorts {
		return errPorts
	}
	if r.grows || r.env.growth.exceeded() {
		return errGrows
	}
	return nil
}

// maxPorts bounds the ports of a project with every range written out: all there are, of both protocols.
const maxPorts = 2 * 65536

var errPorts = fmt.Errorf("the project publishes more than %d ports", maxPorts)

// details are the files and the environment in compose-go's form.
func (r *reader) details() types.ConfigDetails {
	details := types.ConfigDetails{WorkingDir: r.mirror.path(r.dir), Environment: r.mirroredEnv()}
	for _, path := range r.inputs.files {
		details.ConfigFiles = append(details.ConfigFiles, types.ConfigFile{Filename: r.mirrored(path), Content: r.walker.files[path].Text})
	}
	return details
}

// mirroredEnv is the environment of the project, in which the directories above an overlaid file, such as PWD, are those
// of the mirror.
func (r *reader) mirroredEnv() types.Mapping {
	vars := r.env.vars.Clone()
	if r.mirror.root == "" {
		return vars
	}
	for name, value := range vars {
		for path := range r.Overlay {
			if value == path || filepath.IsAbs(value) && strings.HasPrefix(path, filepath.Clean(value)+string(filepath.Separator)) {
				vars[name] = r.mirror.path(value)
			}
		}
	}
	return vars
}

// mirrored is the path under which compose-go gets a top file.
func (r *reader) mirrored(path string) string {
	if !filepath.IsAbs(path) {
		return path
	}
	return r.mirror.path(path)
}

func (r *reader) options(opts *loader.Options) {
	opts.SetProjectName(r.project.Name, true)
	opts.Profiles = r.inputs.profiles
	opts.ResolvePaths = !r.Static
	opts.SkipResolveEnvironment = r.Static
	opts.SkipResolveLabels = r.Static
	opts.ResourceLoaders = append(opts.ResourceLoaders, stubLoader{r.disk, r.mirror, r.stubs})
	opts.Interpolate.Substitute = r.interpolate(quietSubstitute)
	if r.Static {
		opts.Interpolate.Substitute = r.interpolate(r.guess)
		opts.Interpolate.TypeCastMapping = tolerant(opts.Interpolate.TypeCastMapping)
	}
}

// guess is the substitution of Static: an example file's value, or a placeholder, where nothing gives a value.
func (r *reader) guess(raw string, get template.Mapping) (string, error) {
	if !strings.Contains(raw, "$") {
		return raw, nil
	}
	if _, ok := split(raw); !ok {
		return quietSubstitute(raw, get)
	}
	x := expander{get: func(name string) (string, bool) {
		if v, ok := get(name); ok {
			return v, true
		}
		v, ok := r.env.examples.vars[name]
		return v, ok
	}}
	value := x.expandAll(raw)
	if isUnknown(value) {
		r.guessed = true
		value = loadedText(value)
	}
	return value, nil
}

// tolerant lets a placeholder pass where a boolean is expected.
func tolerant(casts map[tree.Path]interp.Cast) map[tree.Path]interp.Cast {
	out := make(map[tree.Path]interp.Cast, len(casts))
	for path, cast := range casts {
		out[path] = func(value string) (any, error) {
			v, err := cast(value)
			if err != nil && strings.Contains(value, placeholder) {
				return true, nil
			}
			return v, err
		}
	}
	return out
}

// sources are the texts of all files that were read.
func (r *reader) sources() lint.Sources {
	out := lint.Sources{}
	for path, f := range r.walker.files {
		out.Add(path, f.Text)
		out[path].Private = f.Private
	}
	for _, f := range r.beside {
		out.Add(f.Path, f.Text)
		out[f.Path].Private = !r.disk.Shown(f.Path)
	}
	return out
}
