package up

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestInputBuffer(t *testing.T) {
	for _, from := range []io.Reader{strings.NewReader("services: {}\n"), iotest.OneByteReader(strings.NewReader("services: {}\n")),
		iotest.DataErrReader(strings.NewReader("services: {}\n"))} {
		k := &inputBuffer{from: from}
		if f, err := k.reopen(); f != nil || err != nil {
			t.Errorf("nothing was read, and there is %v, %v", f, err)
		}
		for range 3 {
			if text, err := io.ReadAll(k); string(text) != "services: {}\n" || err != nil {
				t.Errorf("%q, %v", text, err)
			}
		}
		f, err := k.reopen()
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(f); string(text) != "services: {}\n" || err != nil {
			t.Errorf("again: %q, %v", text, err)
		}
		f.Close()
	}
}
