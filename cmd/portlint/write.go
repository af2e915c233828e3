package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile replaces a file, or the file that a link leads to, as a whole or not at all. A pipe or a device is written
// to directly. An error does not name the file: who asked knows it.
func writeFile(file string, text []byte) error {
	return pathless(writeTo(followLinks(file), text))
}

func writeTo(file string, text []byte) error {
	mode := fs.FileMode(0o644)
	switch info, err := os.Stat(file); {
	case err == nil && info.IsDir():
		return errors.New("it is a directory")
	case err == nil && !info.Mode().IsRegular():
		return writeDevice(file, text)
	case err == nil:
		mode = info.Mode().Perm()
	}
	return replaceFile(file, text, mode)
}

// followLinks is where a path leads, even if nothing is there yet. In a circle of links it is one of them.
func followLinks(file string) string {
	const most = 40 // as Linux does
	file = filepath.Clean(file)
	for range most {
		target, err := os.Readlink(file)
		if err != nil {
			break
		}
		file = below(filepath.Dir(file), target)
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(file)); err == nil {
		return filepath.Join(dir, filepath.Base(file))
	}
	return file
}

func writeDevice(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(text))
	return errors.Join(err, f.Close())
}

func replaceFile(file string, text []byte, mode fs.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(text)
	err = errors.Join(err, tmp.Close(), os.Chmod(tmp.Name(), mode))
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		_ = os.Remove(tmp.Name()) // the first error is the one to tell
	}
	return err
}

// pathless is what went wrong, without the path: of a file that is written it would be a temporary name.
func pathless(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
