package up

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// inputBuffer is a standard input that can be read again: a Compose file that stands there is read by portlint, and then by
// Compose. After its end it begins anew.
type inputBuffer struct {
	from io.Reader
	text []byte
	at   int
	used bool
}

// Read reads on, and keeps what was read.
func (k *inputBuffer) Read(p []byte) (int, error) {
	k.used = true
	if k.at < len(k.text) {
		n := copy(p, k.text[k.at:])
		k.at += n
		return n, nil
	}

	n, err := k.from.Read(p)
	k.text = append(k.text, p[:n]...)
	k.at += n
	if errors.Is(err, io.EOF) {
		k.at = 0
	}
	return n, err
}

// reopen is a file with what was read, nil when nobody has read anything. Nothing of it is left on the disk.
func (k *inputBuffer) reopen() (*os.File, error) {
	if !k.used {
		return nil, nil //nolint:nilnil // there is nothing, and that is no error
	}
	f, err := os.CreateTemp("", "portlint-stdin-*")
	if err != nil {
		return nil, fmt.Errorf("cannot keep standard input for docker compose: %w", err)
	}
	_ = os.Remove(f.Name()) // open, it stays readable; a system that refuses clears its temporary files itself
	if _, err = f.Write(k.text); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot keep standard input for docker compose: %w", err)
	}
	return f, nil
}
