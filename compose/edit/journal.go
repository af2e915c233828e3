package edit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// journalVersion is the form of the journals of this program; others are left alone.
const journalVersion = 1

// errDamaged is of a journal that is none.
var errDamaged = errors.New("is damaged")

// journal is what a write is about to do. Before Committed nothing but temporary files was made; after it, every file is
// to become new, or all are to become old again.
type journal struct {
	Version   int
	Committed bool
	Entries   []entry

	file string
}

// entry is one file of a write.
type entry struct {
	File    string // absolute
	Temp    string // the new text beside it, until it takes its place
	Created bool   // there was no file before
	Old     []byte // the text before
	NewSum  string // of the text after, SHA-256 in hex
}

// state is what a file looks like to a journal.
type state int

const (
	other state = iota // neither: somebody else changed it
	isOld
	isNew
	unread
)

func newJournal(dir string, changes []Change) (*journal, error) {
	name, err := unusedName(dir, "", ".json")
	if err != nil {
		return nil, err
	}
	j := &journal{Version: journalVersion, file: name}
	for _, c := range changes {
		temp, err := unusedName(filepath.Dir(c.File), ".portlint-", ".tmp")
		if err != nil {
			return nil, fileError(c.File, err)
		}
		j.Entries = append(j.Entries, entry{File: c.File, Temp: temp, Created: c.Created, Old: c.Old, NewSum: sum(c.New)})
	}
	return j, nil
}

func sum(text []byte) string {
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:])
}

// save replaces the journal on disk as a whole, for good when it returns.
func (j *journal) save() error {
	text, err := json.Marshal(j)
	if err != nil {
		return err
	}
	temp := j.file + ".new"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) // it holds texts such as .env
	if err == nil {
		_, err = f.Write(text)
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err == nil {
		err = os.Rename(temp, j.file)
	}
	if err != nil {
		_ = os.Remove(temp) // the first error is the one to tell
		return fmt.Errorf("cannot keep a journal of what is written: %w", err)
	}
	return syncDir(filepath.Dir(j.file))
}

func readJournal(file string) (*journal, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	j := &journal{file: file}
	if err := json.Unmarshal(text, j); err != nil {
		return nil, fmt.Errorf("the journal %q %w: %w", file, errDamaged, err)
	}
	if j.Version != journalVersion {
		return nil, fmt.Errorf("the journal %q is of another version of portlint, which has to finish it", file)
	}
	return j, nil
}

// state compares the file of an entry with both its texts.
func (e entry) state() (state, error) {
	info, err := os.Lstat(e.File)
	switch {
	case errors.Is(err, fs.ErrNotExist) && e.Created:
		return isOld, nil
	case errors.Is(err, fs.ErrNotExist):
		return other, nil
	case err != nil:
		return unread, fileError(e.File, err)
	case !info.Mode().IsRegular():
		return other, nil
	}
	now, err := os.ReadFile(e.File)
	switch {
	case err != nil:
		return unread, fileError(e.File, err)
	case sum(now) == e.NewSum:
		return isNew, nil
	case !e.Created && string(now) == string(e.Old):
		return isOld, nil
	}
	return other, nil
}

// ready reports whether the new text still stands beside the file.
func (e entry) ready() bool {
	text, err := os.ReadFile(e.Temp)
	return err == nil && sum(text) == e.NewSum
}

// moved reports whether nothing stands beside the file any more, as after it was replaced.
func (e entry) moved() bool {
	_, err := os.Lstat(e.Temp)
	return errors.Is(err, fs.ErrNotExist)
}

// maxLockWait bounds the wait for another portlint, which writes for milliseconds.
const maxLockWait = 10 * time.Second

// lock lets one process at a time write, and makes the directory of the journals.
func lock(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make a place for the journal of what is written: %w", err)
	}
	ctx, stop := context.WithTimeout(context.Background(), maxLockWait)
	defer stop()
	l := flock.New(filepath.Join(dir, "lock"))
	switch _, err := l.TryLockContext(ctx, 5*time.Millisecond); {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("another portlint has been writing for %s; its lock is %q", maxLockWait, l.Path())
	case err != nil:
		return nil, fmt.Errorf("cannot lock the journal of what is written: %w", err)
	}
	return func() { _ = l.Unlock() }, nil // the kernel does it at the latest when the process ends
}
