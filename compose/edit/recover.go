package edit

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Recover ends the writes that were cut off, each so that all of its files have the new text, or all the old. It says
// what it did, one sentence each, nothing when there was nothing to do. Without a journal it costs one look at the
// directory, which need not be there. A file that somebody else has changed since is left as it is, and is named.
func Recover(journalDir string) ([]string, error) {
	return writer{step: func(string) {}}.recover(journalDir)
}

func (w writer) recover(dir string) ([]string, error) {
	if names, err := journals(dir); err != nil || len(names) == 0 {
		return nil, err
	}
	unlock, err := lock(dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	names, err := journals(dir) // a live writer has finished meanwhile
	var said []string
	var failed []error
	for _, name := range names {
		told, err := w.settle(filepath.Join(dir, name))
		said = append(said, told...)
		failed = append(failed, err)
	}
	return said, errors.Join(err, errors.Join(failed...))
}

// journals lists the files of a directory of journals, with those that are half written.
func journals(dir string) ([]string, error) {
	found, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range found {
		if strings.HasSuffix(e.Name(), ".json") || strings.HasSuffix(e.Name(), ".json.new") {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// settle ends one write.
func (w writer) settle(file string) ([]string, error) {
	if strings.HasSuffix(file, ".new") {
		w.step("remove")
		return nil, os.Remove(file)
	}
	j, err := readJournal(file)
	if errors.Is(err, errDamaged) {
		return w.putAside(file, err)
	}
	if err != nil {
		return nil, err
	}
	if !j.Committed {
		return nil, w.remove(j)
	}
	on, err := j.complete()
	if err != nil {
		return nil, err
	}
	told := []string{"finished what an interrupted run was writing: " + j.names()}
	if on {
		err = w.forward(j)
	} else {
		told, err = w.back(j)
	}
	if err != nil {
		return nil, err
	}
	return told, w.remove(j)
}

// putAside takes a journal that nobody can read out of the way of the next run, so that it is told once.
func (w writer) putAside(file string, why error) ([]string, error) {
	aside := file + ".damaged"
	w.step("put aside")
	if err := os.Rename(file, aside); err != nil {
		return nil, errors.Join(why, err)
	}
	return []string{fmt.Sprintf("%v; it is kept as %q, and what it was about may be half written", why, aside)}, syncDir(filepath.Dir(file))
}

// complete reports whether every file has got its new text, or can still get it. What was replaced and then changed by
// somebody is theirs.
func (j *journal) complete() (bool, error) {
	all := true
	for _, e := range j.Entries {
		s, err := e.state()
		if err != nil {
			return false, err
		}
		all = all && (s == isNew || s == other && e.moved() || s == isOld && e.ready())
	}
	return all, nil
}

// forward gives every file its new text.
func (w writer) forward(j *journal) error {
	for _, e := range j.Entries {
		s, err := e.state()
		switch {
		case err != nil:
			return err
		case s == other && !e.moved():
			return fileError(e.File, errChanged)
		case s != isOld:
			continue
		}
		w.step("rename")
		if err := os.Rename(e.Temp, e.File); err != nil {
			return fileError(e.File, err)
		}
	}
	return syncDirs(j)
}

// back gives every file its old text, and says what that came to.
func (w writer) back(j *journal) ([]string, error) {
	told := []string{"took back what an interrupted run was writing: " + j.names()}
	for _, e := range j.Entries {
		s, err := e.state()
		switch {
		case err != nil:
			return nil, err
		case s == other:
			told = append(told, fmt.Sprintf("left %q as it is: it was changed since", e.File))
		case s == isNew:
			if err := w.restore(e); err != nil {
				return nil, fileError(e.File, err)
			}
		}
	}
	return told, syncDirs(j)
}

// restore gives one file its old text.
func (w writer) restore(e entry) error {
	w.step("restore")
	if e.Created {
		return os.Remove(e.File)
	}
	if err := removed(e.Temp); err != nil {
		return err
	}
	if err := writeLike(e.File, e.Temp, e.Old); err != nil {
		return errors.Join(err, removed(e.Temp))
	}
	w.step("rename back")
	return os.Rename(e.Temp, e.File)
}

// remove ends a write: first the temporary files, then the journal that knows them.
func (w writer) remove(j *journal) error {
	for _, e := range j.Entries {
		w.step("remove")
		if err := removed(e.Temp); err != nil {
			return err
		}
	}
	w.step("remove journal")
	return errors.Join(removed(j.file), syncDir(filepath.Dir(j.file)))
}

// removed removes a file that may be gone already, with its directory.
func removed(file string) error {
	err := os.Remove(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// maxNamed is how many files a sentence names.
const maxNamed = 8

// names are the files of a journal for people.
func (j *journal) names() string {
	if len(j.Entries) > maxNamed {
		return fmt.Sprintf("%d files, %q among them", len(j.Entries), j.Entries[0].File)
	}
	var names []string
	for _, e := range j.Entries {
		names = append(names, fmt.Sprintf("%q", e.File))
	}
	return strings.Join(names, ", ")
}

// syncDirs makes the names in all directories of the files last. One that is gone has none.
func syncDirs(j *journal) error {
	var dirs []string
	for _, e := range j.Entries {
		dirs = append(dirs, filepath.Dir(e.File))
	}
	slices.Sort(dirs)
	for _, dir := range slices.Compact(dirs) {
		if err := syncDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// unusedName makes up the name of a file that is not there yet.
func unusedName(dir, prefix, suffix string) (string, error) {
	var random [8]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", err
	}
	return filepath.Join(dir, prefix+hex.EncodeToString(random[:])+suffix), nil
}
