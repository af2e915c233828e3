package edit

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/portlint/portlint/lint/safefile"
)

// A FileError is why one file can't be written.
type FileError struct {
	File string // absolute
	Err  error  // without the path
}

func (e *FileError) Error() string { return fmt.Sprintf("cannot write %q: %v", e.File, e.Err) }

// Unwrap is the reason alone.
func (e *FileError) Unwrap() error { return e.Err }

// What is refused, whoever asks. Each completes "because".
var (
	errHardLink  = errors.New("it has another name too (a hard link), which would keep the old text")
	errIrregular = errors.New("it is not a regular file")
	errReadOnly  = errors.New("it is read-only")
	errChanged   = errors.New("it was changed meanwhile")
	errThere     = errors.New("it is there by now")
	errTwice     = errors.New("two changes are meant for it")
)

// Writable says why a file can't be replaced, or be made where nothing is yet; nil when nothing is known against it.
// Links are refused: what stands behind them may belong to somebody else.
func Writable(file string) error {
	info, err := os.Lstat(file)
	switch {
	case err == nil:
		err = replaceable(file, info)
	case errors.Is(err, fs.ErrNotExist):
		err = nil
	}

	if err == nil {
		err = mayCreateIn(filepath.Dir(file))
	}
	return fileError(file, err)
}

// Regular says why a file is none that a change could be meant for; nil where nothing is yet.
func Regular(file string) error {
	info, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil:
		err = regular(info)
	}
	return fileError(file, err)
}

func regular(info fs.FileInfo) error {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return safefile.ErrLink
	case !info.Mode().IsRegular():
		return errIrregular
	}
	return nil
}

func replaceable(file string, info fs.FileInfo) error {
	switch err := regular(info); {
	case err != nil:
		return err
	case hardLinked(info):
		return errHardLink
	case info.Mode().Perm()&0o200 == 0: // root could, and nobody meant that
		return errReadOnly
	}

	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

// fileError names the file once: an error of package os has a path of its own.
func fileError(file string, err error) error {
	if err == nil {
		return nil
	}
	return &FileError{File: file, Err: safefile.WithoutPath(err)}
}

// Write makes all the changes or none: all new texts are on the disk before the first one takes its place, and the old ones are
// put back where one of them can't. A process that is killed between two of them leaves each file whole, the earlier ones new and
// the later ones old. A file keeps its mode and its owner; a new one that root makes belongs to whom its directory belongs. One
// that no longer has the text Old, or is one that [Writable] refuses, stops everything. Every file that can't be written is in the
// error, as a [FileError].
func Write(changes []Change) error {
	return writer{step: func(string) {}}.write(changes)
}

// writer writes. A step is called before each change of the disk: tests end the process there.
type writer struct {
	step func(what string)
}

func (w writer) write(changes []Change) error {
	changes = effective(changes)
	if len(changes) == 0 {
		return nil
	}
	if err := check(changes); err != nil {
		return err
	}

	staged, err := w.stage(changes)
	if err == nil {
		err = w.commit(changes, staged)
	}
	if err != nil {
		return errors.Join(err, w.discard(staged))
	}
	return nil
}

// effective leaves out what changes nothing.
func effective(changes []Change) []Change {
	var out []Change
	for _, c := range changes {
		if c.Created || !bytes.Equal(c.Old, c.New) {
			out = append(out, c)
		}
	}
	return out
}

// check demands that every file is as the changes expect it, and can be written.
func check(changes []Change) error {
	var all []error
	var seen []fs.FileInfo
	for _, c := range changes {
		err := Writable(c.File)
		if err == nil {
			err = fileError(c.File, c.unchanged())
		}
		info, statErr := os.Stat(c.File)
		for _, other := range seen {
			if err == nil && statErr == nil && os.SameFile(info, other) {
				err = fileError(c.File, errTwice)
			}
		}

		if statErr == nil {
			seen = append(seen, info)
		}
		all = append(all, err)
	}

	return errors.Join(all...)
}

// unchanged says why the file is not what the change starts from.
func (c Change) unchanged() error {
	if c.Created {
		_, err := os.Lstat(c.File)
		switch {
		case err == nil:
			return errThere
		case errors.Is(err, fs.ErrNotExist):
			return nil
		}
		return err
	}

	now, err := safefile.Read(c.File, int64(len(c.Old)))
	var grown safefile.TooLargeError
	if errors.As(err, &grown) || err == nil && !bytes.Equal(now, c.Old) {
		return errChanged
	}
	return err
}

// stage puts all new texts beside the files, where a full disk does no harm.
func (w writer) stage(changes []Change) ([]*safefile.Staged, error) {
	var staged []*safefile.Staged
	for _, c := range changes {
		w.step("text")
		s, err := safefile.Stage(c.File, c.New, newMode)
		if err != nil {
			return staged, fileError(c.File, err)
		}
		staged = append(staged, s)
	}
	return staged, syncDirs(changes)
}

// newMode is that of any new file, less the umask.
const newMode fs.FileMode = 0o666

// ErrUnfinished says that some files have their new text, some have not, and it could not be taken back.
var ErrUnfinished = errors.New("some files were written and could not be taken back")

// commit puts the new texts in place, or the old ones back when one of them can't be. Nobody else writes meanwhile.
func (w writer) commit(changes []Change, staged []*safefile.Staged) error {
	unlock, err := lockDirs(dirsOf(changes))
	if err != nil {
		return err
	}
	defer unlock()
	if err := check(changes); err != nil {
		return err
	}

	for i, s := range staged {
		w.step("rename")
		err := changes[i].unchanged()
		if err == nil {
			err = s.Commit()
		}
		if err != nil {
			return errors.Join(fileError(s.File, err), w.back(changes[:i]))
		}
	}
	if err := syncDirs(changes); err != nil {
		return errors.Join(err, w.back(changes))
	}
	return nil
}

// back gives the files that were written their old texts, and says of which it could not.
func (w writer) back(changes []Change) error {
	var failed []error
	for _, c := range slices.Backward(changes) {
		w.step("back")
		if err := c.restore(); err != nil {
			failed = append(failed, fileError(c.File, err))
		}
	}

	failed = append(failed, syncDirs(changes))
	if err := errors.Join(failed...); err != nil {
		return errors.Join(ErrUnfinished, err)
	}
	return nil
}

// restore gives one file its old text, unless somebody has changed it since.
func (c Change) restore() error {
	written := Change{File: c.File, Old: c.New}
	if err := written.unchanged(); err != nil {
		return err
	}
	if c.Created {
		return os.Remove(c.File)
	}
	return safefile.Replace(c.File, c.Old, newMode)
}

// discard takes away the texts that did not take their place.
func (w writer) discard(staged []*safefile.Staged) error {
	var failed []error
	for _, s := range staged {
		w.step("remove")
		failed = append(failed, fileError(s.File, s.Discard()))
	}
	return errors.Join(failed...)
}

// dirsOf are the directories of the files, each once, in order.
func dirsOf(changes []Change) []string {
	var dirs []string
	for _, c := range changes {
		dirs = append(dirs, filepath.Dir(c.File))
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// syncDirs makes the names in all directories of the files last.
func syncDirs(changes []Change) error {
	for _, dir := range dirsOf(changes) {
		if err := safefile.SyncDir(dir); err != nil {
			return fileError(dir, err)
		}
	}
	return nil
}
