package safefile

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrLink says that a symbolic link has the name of a file that is to be written: what it leads to may belong to somebody else.
var ErrLink = errors.New("it is a symbolic link")

// ErrOwner says that a file belongs to somebody else, who would lose it to the new one.
var ErrOwner = errors.New("its owner could not be kept")

// ErrForeign says that root would work in a place of another user's, who can change what lies there.
var ErrForeign = errors.New("it belongs to another user")

// Staged is the new text of a file: whole and on the disk beside it, under a name of its own, until Commit or Discard.
type Staged struct {
	File string // that the text is for
	temp string
}

// Stage puts a text beside the file that it is for. It gets the mode and the owner of that file. Where nothing is yet it gets
// mode, less the umask, and what root makes in somebody else's directory is that user's. A link, a directory and what is no
// regular file are refused. (moby/sys/atomicwriter keeps neither mode nor owner, and puts a file in its place
// as it closes it.)
func Stage(file string, text []byte, mode fs.FileMode) (*Staged, error) {
	like, err := replaceable(file)
	if err != nil {
		return nil, err
	}
	name, err := unusedName(filepath.Dir(file))
	if err != nil {
		return nil, err
	}

	if like != nil {
		mode = 0o600 // until it has its owner
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	s := &Staged{File: file, temp: name}

	_, err = f.Write(text)
	if like != nil {
		err = errors.Join(err, giveOwner(f, like), f.Chmod(like.Mode().Perm()))
	} else {
		err = errors.Join(err, giveOwnerOfDir(f, filepath.Dir(file)))
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(err, s.Discard())
	}
	return s, nil
}

// replaceable is the file that a new one would replace, nil where there is none.
func replaceable(file string) (fs.FileInfo, error) {
	info, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, ErrLink
	}
	return info, regular(info, nil)
}

// unusedName makes up the name of a file that is not there yet.
func unusedName(dir string) (string, error) {
	var random [8]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", err
	}
	return filepath.Join(dir, ".portlint-"+hex.EncodeToString(random[:])+".tmp"), nil
}

// Commit puts the text in the place of the file.
func (s *Staged) Commit() error { return os.Rename(s.temp, s.File) }

// Discard takes the text away. After Commit there is nothing to take.
func (s *Staged) Discard() error {
	err := os.Remove(s.temp)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Replace gives a file another text, as a whole or not at all, as Stage does.
func Replace(file string, text []byte, mode fs.FileMode) error {
	s, err := Stage(file, text, mode)
	if err != nil {
		return err
	}
	if err := s.Commit(); err != nil {
		return errors.Join(err, s.Discard())
	}
	return SyncDir(filepath.Dir(file))
}

// MkdirAll is that of package os. A directory that root makes in somebody else's is that user's.
func MkdirAll(dir string, mode fs.FileMode) error {
	var made []string
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		if _, err := os.Lstat(d); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		made = append(made, d)
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		return err
	}

	for i := len(made) - 1; i >= 0; i-- { // the upper ones first
		if err := giveDirOwnerOfDir(made[i]); err != nil {
			return err
		}
	}
	return nil
}
