// Package leases keeps the store of host ports, container names and subnets that portlint gave out on this machine, so that two
// checkouts, and two runs at once, never get the same. The store is one file of the user's, changed under a lock and replaced as a
// whole. One that somebody else could have put there, or that is no regular file, is neither read nor written.
package leases

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/portlint/portlint/lint/safefile"
)

// Lease is one port, or several in a row, that somebody was given. It is for all protocols.
type Lease struct {
	First uint16 `json:"first"`
	Last  uint16 `json:"last"`
	Tenant
}

// Tenant is who was given a value, what for, and for how long.
type Tenant struct {
	Dir     string    `json:"dir"`               // the project directory of the checkout, absolute
	Project string    `json:"project,omitempty"` // the project's name there; two of one directory can be up at once
	Named   bool      `json:"named,omitempty"`   // a command named the project, and not the directory, a file or the environment
	Files   string    `json:"files,omitempty"`   // the Compose files that asked last, as in COMPOSE_FILE
	Key     string    `json:"key,omitempty"`     // what asked, unique within the project; "" for one that nobody comes back for
	Since   time.Time `json:"since"`
	Until   time.Time `json:"until,omitzero"` // when it ends; zero: as long as Dir exists
}

// Store is where the leases of this user on this machine are kept.
type Store struct {
	Dir  string           // the directory of its files; it need not be there yet
	Why  string           // why there is no Dir
	Now  func() time.Time // the clock
	wait time.Duration    // how long to wait for somebody who holds it and writes nothing; 0 means 30 seconds
}

// The files of a store.
const (
	fileName   = "ports.json"
	lockName   = "ports.lock"
	brokenName = "ports.json.broken"
)

// maxSize bounds what is read of a store, in bytes. A lease takes about 300.
const maxSize = 4 << 20

// version is the form of the file. A store of a later version is not touched.
const version = 1

// written is the file's content.
type written struct {
	Version  int               `json:"version"`
	Leases   []Lease           `json:"leases"`
	Texts    []TextLease       `json:"texts,omitempty"`
	Projects map[string]string `json:"projects,omitempty"`
	// Ends are those of the names of projects that were only printed, by directory.
	Ends map[string]time.Time `json:"projectEnds,omitempty"`
}

// Update hands the leases that still count to change and keeps what it makes of them; nobody else changes the store
// meanwhile. The error is the one of change, which keeps the store as it was, or that of waiting for the lock. The warning
// is an [UnavailableError] or a [BrokenError], after which change was called all the same.
func (b Store) Update(ctx context.Context, change func(*Tx) error) (warning, err error) {
	unlock, err := b.lock(ctx)
	if err != nil {
		var unavailable *UnavailableError
		if !errors.As(err, &unavailable) {
			return nil, err
		}
		tx, _ := b.read()
		return unavailable, change(tx)
	}

	defer unlock()
	tx, warning := b.read()
	if err := change(tx); err != nil {
		return warning, err
	}
	if tx.frozen || !tx.changed {
		return warning, nil
	}
	if err := b.write(tx); err != nil {
		return &UnavailableError{quotedPath(err)}, nil
	}
	return warning, nil
}

// Read returns the leases and names that still count, none when the file can't be read. It changes nothing.
func (b Store) Read() Tx {
	text, err := b.load()
	var w written
	readable := err == nil && json.Unmarshal(text, &w) == nil
	if !readable || w.Version != version || !w.valid() {
		return Tx{Projects: map[string]string{}, now: b.Now()}
	}

	tx := Tx{Leases: w.Leases, Texts: w.Texts, Projects: map[string]string{}, ends: w.Ends, now: b.Now()}
	maps.Copy(tx.Projects, w.Projects)
	tx.prune()
	return tx
}

// lock waits for the right to change the store. An [UnavailableError] says that there is no place for a lock.
func (b Store) lock(ctx context.Context) (unlock func(), err error) {
	if b.Dir == "" {
		return nil, &UnavailableError{cmp.Or(b.Why, "there is no place to keep state")}
	}
	if err := os.MkdirAll(b.Dir, 0o700); err != nil {
		return nil, &UnavailableError{quotedPath(err)}
	}
	if err := errors.Join(ownDir(b.Dir), ownFile(filepath.Join(b.Dir, lockName))); err != nil {
		return nil, &UnavailableError{quotedPath(err)}
	}

	l := flock.New(filepath.Join(b.Dir, lockName), flock.SetPermissions(0o600))
	if held, err := l.TryLock(); err != nil {
		return nil, &UnavailableError{quotedPath(err)}
	} else if !held {
		if err := b.waitFor(ctx, l); err != nil {
			return nil, err
		}
	}

	return func() { _ = l.Unlock() }, nil // nobody can do anything about it, and the end of the process unlocks too
}

// read reads the store. One that can't be understood is put aside, so that nothing of it is lost; one that can't be read
// at all, or is of a later portlint, is left as it is and not written.
func (b Store) read() (*Tx, error) {
	tx := &Tx{now: b.Now(), Projects: map[string]string{}}
	if b.Dir == "" {
		return tx, nil
	}
	text, err := b.load()
	var large safefile.TooLargeError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return tx, nil
	case errors.As(err, &large):
		return tx, b.putAside(tx, err)
	case err != nil:
		tx.frozen = true
		return tx, &UnavailableError{quotedPath(err)}
	}

	var w written
	err = json.Unmarshal(text, &w)
	if err == nil && w.Version > version {
		tx.frozen = true
		return tx, &UnavailableError{fmt.Sprintf("a later portlint wrote %q", filepath.Join(b.Dir, fileName))}
	}
	if err == nil && w.Version == version && w.valid() {
		tx.Leases, tx.Texts, tx.ends = w.Leases, w.Texts, w.Ends
		maps.Copy(tx.Projects, w.Projects)
		tx.prune()
		return tx, nil
	}
	return tx, b.putAside(tx, err)
}

// load reads the file of the store, if it is the user's own.
func (b Store) load() ([]byte, error) {
	file := filepath.Join(b.Dir, fileName)
	if b.Dir == "" {
		return nil, fs.ErrNotExist
	}
	if err := errors.Join(ownDir(b.Dir), ownFile(file)); err != nil {
		return nil, err
	}
	return safefile.Read(file, maxSize)
}

// ownDir demands a directory of the user who runs.
func ownDir(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	return own(dir, info)
}

// ownFile demands a regular file of the user who runs, or none.
func ownFile(file string) error {
	info, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return &fs.PathError{Path: file, Err: safefile.ErrLink}
	case !info.Mode().IsRegular():
		return &fs.PathError{Path: file, Err: safefile.ErrIrregular}
	}
	return own(file, info)
}

func own(path string, info fs.FileInfo) error {
	if uid, ok := safefile.Owner(info); ok && uid != os.Geteuid() {
		return &fs.PathError{Path: path, Err: fmt.Errorf("it belongs to another user (uid %d)", uid)}
	}
	return nil
}

func (b Store) putAside(tx *Tx, err error) error {
	why := "it is no list of leases"
	if err != nil {
		why = err.Error()
	}
	aside := filepath.Join(b.Dir, brokenName)
	if err := os.Rename(filepath.Join(b.Dir, fileName), aside); err != nil {
		tx.frozen = true
		return &UnavailableError{why + "; " + quotedPath(err)}
	}

	return &BrokenError{File: aside, Why: why}
}

func (w written) valid() bool {
	for _, l := range w.Leases {
		if l.First == 0 || l.First > l.Last || !filepath.IsAbs(l.Dir) {
			return false
		}
	}
	return validTexts(w.Texts)
}

// write replaces the file as a whole.
func (b Store) write(p *Tx) error {
	text, err := json.MarshalIndent(written{version, p.Leases, p.Texts, p.Projects, p.ends}, "", "\t")
	if err != nil {
		return err
	}
	if len(text) >= maxSize {
		return safefile.TooLargeError{Limit: maxSize}
	}
	return safefile.Replace(filepath.Join(b.Dir, fileName), append(text, '\n'), 0o600)
}
