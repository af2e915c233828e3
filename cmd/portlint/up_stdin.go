package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// keptInput remembers what was read from standard input: a Compose file that stands there is read twice, by portlint and
// by Compose.
type keptInput struct {
	from io.Reader
	text bytes.Buffer
	used bool
}

func (k *keptInput) Read(p []byte) (int, error) {
	k.used = true
	n, err := k.from.Read(p)
	k.text.Write(p[:n])
	return n, err
}

// again is a file with what was read, nil when nobody has read anything. Nothing of it is left on the disk.
func (k *keptInput) again() (*os.File, error) {
	if !k.used {
		return nil, nil //nolint:nilnil // there is nothing, and that is no error
	}
	f, err := os.CreateTemp("", "portlint-stdin-*")
	if err != nil {
		return nil, fmt.Errorf("cannot keep standard input for docker compose: %w", err)
	}
	_ = os.Remove(f.Name()) // open, it stays readable; a system that refuses clears its temporary files itself
	if _, err = f.Write(k.text.Bytes()); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot keep standard input for docker compose: %w", err)
	}
	return f, nil
}
