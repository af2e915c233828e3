package compose

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/consts"

	"github.com/portlint/portlint/compose/disk"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/safefile"
)

// inputs are what Compose settles before it reads a line of YAML.
type inputs struct {
	files    []string // absolute, "-" or a remote reference
	disk     *disk.View
	dir      string // the project directory
	env      *environ
	profiles []string
	defaults map[string]string // see Loaded.Defaults
}

// ErrNoFile says that there is no Compose file from the working directory up to the root.
var ErrNoFile = errors.New("no Compose file found: expected compose.yaml here or in a parent directory")

// discover settles files, directory, environment and profiles in the order of compose-go cli/options.go and compose
// pkg/compose/loader.go, buildProjectOptions. Unlike those it takes the working directory and the environment as
// parameters, so that several projects can be read at once; a test compares the two.
func discover(o Options) (inputs, error) {
	var in inputs
	for _, f := range o.Files {
		in.files = append(in.files, Absolute(o.Dir, f))
	}

	in.disk = DiskOf(o, workingDir(o, in.files))
	in.disk.ReadOnce()
	in.env = newEnviron(o, in.disk)
	if err := in.addEnvFiles(o); err != nil {
		return in, err
	}

	in.defaults = in.env.ofCompose()
	if err := in.findFiles(o); err != nil {
		return in, err
	}
	if err := in.addEnvFiles(o); err != nil {
		return in, err
	}

	in.dir = workingDir(o, in.files)
	if o.Search != nil { // the example that names the files may stand in another directory than they
		in.env.addExamples(o.Dir)
	}
	in.env.addExamples(in.dir)

	in.profiles = o.Profiles
	if len(in.profiles) == 0 {
		value, _ := in.env.fromVars(consts.ComposeProfiles)
		for _, p := range strings.Split(value, ",") {
			in.profiles = append(in.profiles, strings.TrimSpace(p))
		}
	}
	return in, nil
}

// addEnvFiles reads the env files named by flag or by COMPOSE_ENV_FILES, else the .env of the working directory as it
// is known so far. Compose does this before and after it looks for its files.
func (in *inputs) addEnvFiles(o Options) error {
	files := o.EnvFiles
	if len(files) == 0 && !o.Static {
		files = strings.FieldsFunc(o.Env["COMPOSE_ENV_FILES"], func(r rune) bool { return r == ',' })
	}
	if len(files) == 0 {
		found, err := defaultEnvFile(o, in.disk, workingDir(o, in.files))
		if err != nil {
			return err
		}
		return in.env.addFiles(found)
	}

	abs := make([]string, len(files))
	for i, f := range files {
		abs[i] = Absolute(o.Dir, f)
	}
	return in.env.addFiles(abs)
}

// findFiles uses COMPOSE_FILE, else walks up to the first directory with a Compose file.
func (in *inputs) findFiles(o Options) error {
	if len(in.files) > 0 {
		return nil
	}
	if list, ok := in.env.fromVars(consts.ComposeFilePath); ok {
		return in.fromComposeFile(o, list)
	}

	for dir := workingDir(o, nil); ; dir = filepath.Dir(dir) {
		if files := DefaultFiles(dir); len(files) > 0 {
			in.files = files
			return nil
		}
		if dir == filepath.Dir(dir) || !in.disk.Admits(filepath.Dir(dir)) {
			return ErrNoFile
		}
	}
}

func (in *inputs) fromComposeFile(o Options, list string) error {
	sep, _ := in.env.fromVars(consts.ComposePathSeparator)
	if sep == "" {
		sep = string(os.PathListSeparator)
	}

	for _, entry := range strings.Split(list, sep) {
		file := Absolute(o.Dir, entry)
		_, laid := o.Overlay[file]
		local := file != disk.Stdin && !isRemote(file)
		if !laid && local && in.disk.Admits(file) {
			info, err := os.Stat(file)
			if err != nil {
				return fmt.Errorf("cannot read %q, set by COMPOSE_FILE: %w", in.entryWords(entry), safefile.WithoutPath(err))
			}
			if info.IsDir() {
				return fmt.Errorf("cannot read %q, set by COMPOSE_FILE: it is a directory", in.entryWords(entry))
			}
		}
		in.files = append(in.files, file)
	}
	return nil
}

// entryWords is an entry of COMPOSE_FILE for people: one that an env file makes of other variables is not said.
func (in *inputs) entryWords(entry string) string {
	origin := in.env.originOf(consts.ComposeFilePath)
	if origin.Kind == lint.FromShell {
		return entry
	}
	if text, err := in.disk.Read(origin.File); err == nil && bytes.Contains(text, []byte(entry)) {
		return entry
	}
	return "${COMPOSE_FILE}"
}

// DefaultFiles returns the Compose file that wins in a directory and its override file; none, one or two paths.
func DefaultFiles(dir string) []string {
	main := firstIn(dir, cli.DefaultFileNames)
	if main == "" {
		return nil
	}
	if over := firstIn(dir, cli.DefaultOverrideFileNames); over != "" {
		return []string{main, over}
	}
	return []string{main}
}

func firstIn(dir string, names []string) string {
	for _, n := range names {
		if _, err := os.Stat(filepath.Join(dir, n)); err == nil {
			return filepath.Join(dir, n)
		}
	}
	return ""
}

// workingDir is --project-directory, else the directory of the first local file, else the working directory.
func workingDir(o Options, files []string) string {
	if o.ProjectDir != "" {
		return Absolute(o.Dir, o.ProjectDir)
	}

	for _, f := range files {
		if isRemote(f) {
			break
		}
		if f != disk.Stdin {
			return filepath.Dir(f)
		}
	}
	return o.Dir
}

// Absolute resolves a path against a directory; standard input and remote references stay.
func Absolute(dir, path string) string {
	if path == disk.Stdin || isRemote(path) || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// isRemote reports whether Compose would fetch a reference by git or from a registry.
// Source: compose pkg/remote, git.go and oci.go; buildkit gitutil, ParseGitRef.
func isRemote(path string) bool {
	for _, prefix := range []string{"oci://", "git://", "ssh://", "git@", "http://", "https://", "github.com/"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

// FilesNamedIn lists the files that COMPOSE_FILE in an env file names, if all of them are there.
func FilesNamedIn(env string, overlay map[string][]byte, d *disk.View) []string {
	o := Options{Dir: filepath.Dir(env), Overlay: overlay}
	text, err := d.Read(env)
	if err != nil || !bytes.Contains(text, []byte(consts.ComposeFilePath)) {
		return nil
	}

	in := inputs{disk: d, env: newEnviron(o, d)}
	if in.env.addFiles([]string{env}) != nil {
		return nil
	}
	list, ok := in.env.fromVars(consts.ComposeFilePath)
	if !ok || in.fromComposeFile(o, list) != nil {
		return nil
	}
	return in.files
}
