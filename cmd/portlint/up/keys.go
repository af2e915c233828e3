package up

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// The keys that answer every question, as letters, and those that are no letter.
const (
	abort    byte = 'a'
	noLetter byte = 0 // an arrow, a function key, a digit and the like

	ctrlC  = 3
	ctrlD  = 4
	ctrlZ  = 26
	escape = 27
)

// oneKey asks a question, and waits for a key: a letter, in lower case, noLetter for one that is none. Enter, Escape, q and Ctrl-D are abort. The
// terminal is as it was when it returns, a signal included, and while Ctrl-Z has stopped portlint; then the question is asked again. What was
// typed before the question is no answer; what is typed after the answer is left to the program that comes next.
func oneKey(ctx context.Context, keys *os.File, out io.Writer, question string) (byte, error) {
	before, err := term.MakeRaw(int(keys.Fd()))
	if err != nil {
		return 0, fmt.Errorf("cannot read a key: %w", err)
	}
	defer func() { _ = term.Restore(int(keys.Fd()), before) }() // there is nobody to tell that could see it
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, handedOn()...)
	defer signal.Stop(signals)

	pressed := make(chan byte, 1)
	failed := make(chan error, 1)
	for {
		dropTyped(keys)
		// not before: a key that comes at once would be shown by the terminal, which begins no line at the left now
		fmt.Fprint(out, strings.ReplaceAll(question, "\n", "\r\n"))
		go func() {
			key, err := readKey(keys)
			if err != nil {
				failed <- fmt.Errorf("cannot read a key: %w", err)
				return
			}
			pressed <- key
		}()

		select {
		case key := <-pressed:
			switch key {
			case ctrlC:
				return 0, run.ErrInterrupt
			case ctrlZ:
				if err := pause(keys, out, before); err != nil {
					return 0, err
				}
				continue
			}
			return key, nil
		case err := <-failed:
			return 0, err
		case s := <-signals:
			return 0, run.ExitStatus(128 + signalNumber(s))
		case <-ctx.Done():
			return 0, run.ErrInterrupt
		}
	}
}

// pause stops portlint, with the terminal as it was before, until the shell lets it go on in front.
func pause(keys *os.File, out io.Writer, before *term.State) error {
	fmt.Fprint(out, "^Z\r\n")
	if err := term.Restore(int(keys.Fd()), before); err != nil {
		return fmt.Errorf("cannot give the terminal back: %w", err)
	}
	stopJob()
	if _, err := term.MakeRaw(int(keys.Fd())); err != nil {
		return fmt.Errorf("cannot read a key: %w", err)
	}
	return nil
}

// escapeWait is how long the rest of what a key sends is waited for, that begins as Escape does.
const escapeWait = 100 * time.Millisecond

// readKey reads what one key sends. Of one that sends several bytes, such as an arrow, the first is read: the others are dropped with
// what was typed before the next question.
func readKey(keys *os.File) (byte, error) {
	one := make([]byte, 1)
	_, err := keys.Read(one)
	letter := one[0] | 0x20 // in lower case
	isEnter := one[0] == '\r' || one[0] == '\n'
	switch {
	case errors.Is(err, io.EOF):
		return abort, nil
	case err != nil:
		return 0, err
	case one[0] == ctrlC || one[0] == ctrlZ && jobsStop:
		return one[0], nil
	case one[0] == ctrlD || isEnter || letter == 'q':
		return abort, nil
	case one[0] == escape && !typedWithin(keys, escapeWait):
		return abort, nil
	case one[0] >= 'A' && letter >= 'a' && letter <= 'z':
		return letter, nil
	}
	return noLetter, nil
}
