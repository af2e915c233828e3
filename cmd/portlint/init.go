package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint/lazyexp"
	"github.com/portlint/portlint/lint/safefile"
)

// initFlags are the flags of init, as given.
type initFlags struct {
	hook     bool
	workflow bool
}

func newInit(w run.Process) *cobra.Command {
	var o initFlags
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a .portlint.yaml that explains every setting, a pre-commit hook and a workflow on request",
		Long: "Write a .portlint.yaml into this directory, with every setting explained and none of them made.\n\n" +
			"A file that is there already is left as it is. Only .pre-commit-config.yaml gets the hook beside those that it\n" +
			"has.",
		Example: "  portlint init\n" +
			"  portlint init --hook && pre-commit install\n" +
			"  portlint init --workflow",
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return initialize(w, o) },
	}

	f := cmd.Flags()
	f.BoolVar(&o.hook, "hook", false, "also add the hook to the repository's .pre-commit-config.yaml")
	f.BoolVar(&o.workflow, "workflow", false, "also write .github/workflows/portlint.yml, which checks every push")
	return cmd
}

// written is a file that init writes. The text is that of the whole file.
type written struct {
	file  string // absolute
	text  string
	grown bool // the file was there, and gets something added
}

// initialize plans all files first, so that nothing is written when one of them can't be.
func initialize(w run.Process, o initFlags) error {
	if w.Dir == "" {
		return errors.New("the working directory can't be found out")
	}
	var files []written
	for _, plan := range []struct {
		wished bool
		file   func(run.Process) (written, error)
	}{{true, initSettings}, {o.hook, initHook}, {o.workflow, initWorkflow}} {
		if !plan.wished {
			continue
		}
		f, err := plan.file(w)
		var there *thereError
		switch {
		case errors.As(err, &there):
			run.Logf(w.Stderr, "%s", there)
		case err != nil:
			return err
		default:
			files = append(files, f)
		}
	}

	for _, f := range files {
		if err := f.write(w); err != nil {
			return err
		}
		if filepath.Base(f.file) == hookFile {
			run.Logf(w.Stderr, "`pre-commit install` lets the commits of a clone run the hook, once for each clone")
		}
	}

	return nil
}

// thereError says that what init would write is there already.
type thereError struct{ what string }

// Error names what is there.
func (e *thereError) Error() string { return e.what + ", left as it is" }

// write writes the file, and says so. A file that has come up since it was planned stays.
func (f written) write(w run.Process) error {
	name := run.Relative(w.Dir, f.file)
	if f.grown {
		if err := safefile.Replace(f.file, []byte(f.text), run.NewMode); err != nil {
			return fmt.Errorf("cannot write %q: %w", name, safefile.WithoutPath(err))
		}
		_, err := fmt.Fprintf(w.Stdout, "added the hook to %s\n", run.Escape(name))
		return err
	}
	if err := createFile(w, f.file, f.text); err != nil {
		return fmt.Errorf("cannot write %q: %w", name, safefile.WithoutPath(err))
	}
	_, err := fmt.Fprintf(w.Stdout, "wrote %s\n", run.Escape(name))
	return err
}

// createFile makes a file with its directories, and fails when there is something of that name.
func createFile(w run.Process, file, text string) error {
	if err := staysInside(w.Dir, run.Relative(w.Dir, file)); err != nil {
		return err
	}
	if err := safefile.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	s, err := safefile.Stage(file, []byte(text), run.NewMode)
	if err != nil {
		return err
	}
	if _, there := os.Lstat(file); there == nil {
		return errors.Join(fs.ErrExist, s.Discard())
	}
	if err := s.Commit(); err != nil {
		return errors.Join(err, s.Discard())
	}
	return nil
}

// initRoot is the root of the repository, where hooks and workflows have their places.
func initRoot(w run.Process, what string) (string, error) {
	root := compose.Repository(w.Dir)
	if root == "" {
		return "", fmt.Errorf("%s has its place in a git repository, and %q is in none", what, w.Dir)
	}
	return root, nil
}

// absent demands that there is no file of that name, nor a link.
func absent(w run.Process, file string) error {
	switch _, err := os.Lstat(file); {
	case err == nil:
		return &thereError{fmt.Sprintf("%q is there already", run.Relative(w.Dir, file))}
	case errors.Is(err, fs.ErrNotExist):
		return nil
	default:
		return fmt.Errorf("cannot look at %q: %w", run.Relative(w.Dir, file), safefile.WithoutPath(err))
	}
}

var releaseVersion = lazyexp.New(`^v\d+\.\d+\.\d+$`)

// release is the tag that this program was released as, "" for any other build.
func release(w run.Process) string { return releaseVersion().FindString(w.Version) }

const workflowText = `# Checks the host ports of every Compose project of this repository, from what the files say.
name: portlint
on:
  push:
    branches: [main, master]
  pull_request:

permissions:
  contents: read

jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
        with:
          persist-credentials: false
      - uses: portlint/portlint@%s
`

func initWorkflow(w run.Process) (written, error) {
	root, err := initRoot(w, "the workflow")
	if err != nil {
		return written{}, err
	}
	file := filepath.Join(root, ".github", "workflows", "portlint.yml")
	return written{file: file, text: fmt.Sprintf(workflowText, cmp.Or(release(w), "main"))}, absent(w, file)
}
