package compose

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	interp "github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/tree"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/compose/disk"
	"github.com/portlint/portlint/compose/syntax"
)

// composer asks compose-go about a project.
type composer struct {
	*fileTree

	name    string // of the project
	mirror  mirror // where compose-go reads the overlay
	ports   int    // with every range written out
	guessed bool   // a placeholder went into what compose-go loads
	grows   bool   // variables made more of the files than there may be

	written map[string]bool // see castable; nil until it is asked
}

// load is compose-go's own loading, as `docker compose up` does it. The error is the reason at which compose-go stops; modelled says
// that it read all files before.
func (c *composer) load(ctx context.Context) (project *types.Project, modelled bool, err error) {
	for _, path := range c.inputs.files {
		if _, ok := c.walker.files[path]; !ok {
			return nil, false, errUnread
		}
	}
	if c.walker.unasked {
		return nil, false, errUnread
	}
	if err := c.unsafe(); err != nil {
		return nil, false, err
	}

	details := c.details()
	model := c.loadPlain(ctx, details)
	if model == nil {
		model, err = guarded(func() (map[string]any, error) { return loader.LoadModelWithContext(ctx, details, c.options) })
	}
	if err != nil {
		return nil, false, err
	}
	project, err = c.toProject(model, details)
	return project, true, err
}

// toProject turns a model, which it changes, into a project.
func (c *composer) toProject(model map[string]any, details types.ConfigDetails) (*types.Project, error) {
	return guarded(func() (*types.Project, error) {
		c.patch(model)
		return loader.ModelToProject(model, loader.ToOptions(&details, []func(*loader.Options){c.options}), details)
	})
}

// unsafe is the reason not to hand the project to compose-go, which has no bounds of its own.
func (c *composer) unsafe() error {
	for _, path := range c.order {
		if err := c.walker.files[path].Err; errors.Is(err, syntax.ErrBomb) || errors.Is(err, syntax.ErrNested) {
			return err
		}
	}

	for _, m := range c.missing {
		if isRefused(m.err) {
			return m.err
		}
	}
	if c.ports > maxPorts {
		return errPorts
	}
	if c.grows || c.env.growth.exceeded() {
		return errGrows
	}
	return nil
}

// maxPorts bounds the ports of a project with every range written out: all there are, of both protocols.
const maxPorts = 2 * 65536

var errPorts = fmt.Errorf("the project publishes more than %d ports", maxPorts)

// details are the files and the environment in compose-go's form.
func (c *composer) details() types.ConfigDetails {
	details := types.ConfigDetails{WorkingDir: c.mirror.path(c.dir), Environment: c.mirroredEnv()}
	for _, path := range c.inputs.files {
		details.ConfigFiles = append(details.ConfigFiles, types.ConfigFile{Filename: c.mirrored(path), Content: c.walker.files[path].Text})
	}
	return details
}

// mirroredEnv is the environment of the project, in which the directories above an overlaid file, such as PWD, are those
// of the mirror.
func (c *composer) mirroredEnv() types.Mapping {
	vars := c.env.vars.Clone()
	if c.mirror.root == "" {
		return vars
	}

	for name, value := range vars {
		if !filepath.IsAbs(value) {
			continue
		}
		above := filepath.Clean(value) + string(filepath.Separator)
		for path := range c.Overlay {
			if value == path || strings.HasPrefix(path, above) {
				vars[name] = c.mirror.path(value)
				break
			}
		}
	}
	return vars
}

// mirrored is the path under which compose-go gets a top file.
func (c *composer) mirrored(path string) string {
	if !filepath.IsAbs(path) {
		return path
	}
	return c.mirror.path(path)
}

func (c *composer) options(opts *loader.Options) {
	opts.SetProjectName(c.name, true)
	opts.Profiles = c.inputs.profiles
	opts.ResolvePaths = !c.Static
	opts.SkipResolveEnvironment = c.Static
	opts.SkipResolveLabels = c.Static
	opts.ResourceLoaders = append(opts.ResourceLoaders, stubLoader{c.disk, c.mirror, c.stubs})
	opts.Interpolate.Substitute = c.interpolate(quietSubstitute)
	opts.Interpolate.TypeCastMapping = c.castable(opts.Interpolate.TypeCastMapping)
	if c.Static {
		opts.Interpolate.Substitute = c.interpolate(c.guess)
		opts.Interpolate.TypeCastMapping = tolerant(opts.Interpolate.TypeCastMapping)
	}
}

// guess is the substitution of Static: an example file's value, or a placeholder, where nothing gives a value.
func (c *composer) guess(raw string, get template.Mapping) (string, error) {
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
		v, ok := c.env.examples.vars[name]
		return v, ok
	}}

	value := x.expandAll(raw)
	if isUnknown(value) {
		c.guessed = true
		value = loadedText(value)
	}
	return value, nil
}

// castable are the casts that may be needed: those of which every key is one of the files. compose-go holds each text of the files
// against the path of every cast that it is given. Where a file was not read, its keys are not known.
func (c *composer) castable(casts map[tree.Path]interp.Cast) map[tree.Path]interp.Cast {
	if len(c.missing) > 0 {
		return casts
	}
	if c.written == nil {
		c.written = c.keys()
	}

	out := map[tree.Path]interp.Cast{}
	for path, cast := range casts {
		absent := func(part string) bool {
			return part != tree.PathMatchAll && part != tree.PathMatchList && !c.written[part]
		}
		if !slices.ContainsFunc(path.Parts(), absent) {
			out[path] = cast
		}
	}
	return out
}

// keys are the keys of all files as they may stand in a path of compose-go, where a key at top level may be several parts.
func (c *composer) keys() map[string]bool {
	keys := map[string]bool{}
	for _, f := range c.walker.files {
		f.Keys(keys)
	}
	for _, key := range slices.Collect(maps.Keys(keys)) {
		for _, part := range tree.Path(key).Parts() {
			keys[part] = true
		}
	}
	return keys
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

// guarded turns a panic of compose-go, which some values of the wrong type bring about, into an error.
func guarded[T any](load func() (T, error)) (value T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("compose-go cannot read this project: %v", p)
		}
	}()
	return load()
}

// errUnread says that files of the project were not read, so that compose-go is not asked; they are blind spots and no defect.
var errUnread = errors.New("some of its files were not read")

// stubLoader stands in for compose's git and OCI loaders, and for files that a confined project does not read: it gives an
// empty file, so that the rest can be read. The walk has named each such file as a blind spot.
type stubLoader struct {
	disk   *disk.View
	mirror mirror
	stubs  map[string]bool // references to files of this machine
}

// Accept reports whether Compose would fetch the path, or read it where portlint does not.
func (s stubLoader) Accept(path string) bool {
	return isRemote(path) || s.stubs[path] || filepath.IsAbs(path) && !s.disk.Admits(s.mirror.strip(path))
}

// Load returns a file with nothing in it.
func (stubLoader) Load(context.Context, string) (string, error) { return os.DevNull, nil }

// Dir is the directory that relative paths of the file start from; nothing in an empty file is relative.
func (stubLoader) Dir(string) string { return "." }
