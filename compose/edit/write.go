package edit

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
	errLink      = errors.New("it is a symbolic link")
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
		return errLink
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
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return &FileError{File: file, Err: err}
}

// Write makes all the changes or none, also when the disk is full, a file can't be replaced or the process is killed: a
// journal in journalDir, which is made if need be, then lets [Recover] finish or take back. A file keeps its mode and its
// owner. One that no longer has the text Old, or is one that [Writable] refuses, stops everything. Every file that is
// at fault is in the error, as a [FileError].
func Write(changes []Change, journalDir string) error {
	return writer{step: func(string) {}}.write(changes, journalDir)
}

// writer writes and recovers. A step is called before each change of the disk: tests end the process there.
type writer struct {
	step func(what string)
}

func (w writer) write(changes []Change, dir string) error {
	changes = effective(changes)
	if len(changes) == 0 {
		return nil
	}
	unlock, err := lock(dir)
	if err != nil {
		return err
	}
	defer unlock()
	if err := check(changes); err != nil {
		return err
	}
	j, err := newJournal(dir, changes)
	if err != nil {
		return err
	}
	if err := w.prepare(j, changes); err != nil {
		return errors.Join(err, w.remove(j))
	}
	return w.commit(j)
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
	now, err := os.ReadFile(c.File)
	if err == nil && !bytes.Equal(now, c.Old) {
		err = errChanged
	}
	return err
}

// prepare puts all new texts beside the files, with mode and owner, where a full disk does no harm.
func (w writer) prepare(j *journal, changes []Change) error {
	w.step("journal")
	if err := j.save(); err != nil {
		return err
	}
	for i, c := range changes {
		w.step("text")
		if err := writeLike(c.File, j.Entries[i].Temp, c.New); err != nil {
			return fileError(c.File, err)
		}
	}
	if err := syncDirs(j); err != nil {
		return err
	}
	if err := check(changes); err != nil {
		return err
	}
	w.step("commit")
	j.Committed = true
	return j.save()
}

// ErrUnfinished says that some files have their new text, some have not, and it could not be taken back. The journal
// stays, and [Recover] tries again.
var ErrUnfinished = errors.New("some files were written and could not be taken back; the next run of portlint tries again")

// commit puts the new texts in place, or the old ones back when one of them can't be.
func (w writer) commit(j *journal) error {
	err := w.forward(j)
	if err == nil {
		_ = w.remove(j) // everything is written; a journal that stays is ended by Recover
		return nil
	}
	if _, undone := w.back(j); undone != nil {
		return errors.Join(ErrUnfinished, err, undone)
	}
	return errors.Join(err, w.remove(j))
}

// writeLike makes a file with the mode and the owner of another one, or those of any new file when that is not there.
func writeLike(model, file string, text []byte) error {
	mode := fs.FileMode(0o666)
	info, err := os.Stat(model)
	if err == nil {
		mode = 0o600 // until it has its owner
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if info != nil {
		err = errors.Join(err, keepOwner(f, info), f.Chmod(info.Mode()))
	}
	return errors.Join(err, f.Sync(), f.Close())
}
