package plugin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint/safefile"
)

// Install puts the program where docker finds it, and turns the hint on unless noHint is set: both or none.
func Install(ctx context.Context, w run.Process, noHint bool) error {
	file := pluginFile(w)
	if err := ownDockerConfig(file); err != nil {
		return err
	}
	if !noHint { // the file that can be refused comes first: all or nothing
		if err := editDockerConfig(w, enableHint); err != nil {
			return err
		}
	}
	if err := placePlugin(ctx, file); err != nil {
		err = fmt.Errorf("cannot install %q: %w", file, safefile.WithoutPath(err))
		if noHint {
			return err
		}
		return errors.Join(err, editDockerConfig(w, disableHint))
	}

	return Status(ctx, w)
}

// Uninstall takes both away again. What is not portlint's stays.
func Uninstall(ctx context.Context, w run.Process) error {
	file := pluginFile(w)
	if err := ownDockerConfig(file); err != nil {
		return err
	}

	theirs, err := foreign(ctx, file)
	if err != nil {
		return err
	}

	if theirs {
		run.Logf(w.Stderr, "%q is not portlint's and stays", file)
	} else if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot remove %q: %w", file, safefile.WithoutPath(err))
	}
	if err := editDockerConfig(w, disableHint); err != nil {
		return err
	}
	if err := Status(ctx, w); !errors.Is(err, run.ErrFindings) {
		return err
	}
	return nil
}

// ownDockerConfig refuses to let root change docker's files of another user, as after sudo: that user could lead root anywhere, and
// could not change what root leaves.
func ownDockerConfig(file string) error {
	if err := safefile.RootOwned(file); errors.Is(err, safefile.ErrForeign) {
		return fmt.Errorf("root installs no plugin in %q, which belongs to another user: run it as that user", filepath.Dir(file))
	}
	return nil
}

// dockerConfig is docker's config.json; it need not be there.
func dockerConfig(w run.Process) string {
	return filepath.Join(run.Below(w.Dir, dockerapi.ConfigDir(w.Env)), "config.json")
}

// editDockerConfig changes docker's config.json, which has to be the same all the while: `docker login` writes it, too.
func editDockerConfig(w run.Process, edit func([]byte) ([]byte, error)) error {
	file := dockerConfig(w)
	const tries = 5
	for range tries {
		text, err := readIfThere(file)
		if err != nil {
			return fmt.Errorf("cannot read %q: %w", file, safefile.WithoutPath(err))
		}
		edited, err := edit(text)
		if err != nil {
			return fmt.Errorf("cannot change %q: %w", file, err)
		}
		if bytes.Equal(edited, text) && (edited == nil) == (text == nil) {
			return nil
		}
		if current, err := readIfThere(file); err == nil && bytes.Equal(current, text) {
			return replaceConfig(file, edited)
		}
	}

	return fmt.Errorf("%q changes all the time: try again", file)
}

// replaceConfig writes the file, or removes it when there is no text. It may hold secrets: only its user reads a new one. A link to a
// file of this user's stays a link.
func replaceConfig(file string, text []byte) error {
	target, err := OwnTarget(file)
	switch {
	case err != nil:
	case text == nil:
		err = os.Remove(file)
	default:
		if err = os.MkdirAll(filepath.Dir(file), 0o700); err == nil {
			err = safefile.Replace(target, text, 0o600)
		}
	}
	if err != nil {
		return fmt.Errorf("cannot write %q: %w", file, safefile.WithoutPath(err))
	}
	return nil
}

// readIfThere is nil where there is no file, and not nil where there is an empty one.
func readIfThere(file string) ([]byte, error) {
	text, err := safefile.Read(file, dockerapi.MaxSettings)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// OwnTarget is where the links of this user lead from a path. Those of others are refused.
func OwnTarget(file string) (string, error) {
	const most = 40 // as Linux does
	for range most {
		info, err := os.Lstat(file)
		if err != nil {
			return file, nil //nolint:nilerr // whoever writes it says why it can't be looked at
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return file, nil
		}
		if uid, ok := safefile.Owner(info); ok && uid != os.Geteuid() {
			return "", fmt.Errorf("%q is a link of another user", file)
		}
		target, err := os.Readlink(file)
		if err != nil {
			return "", err
		}
		file = run.Below(filepath.Dir(file), target)
	}

	return "", errors.New("its links lead in a circle")
}
