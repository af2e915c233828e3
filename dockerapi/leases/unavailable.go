package leases

import (
	"errors"
	"fmt"
	"io/fs"
)

// UnavailableError says why leases could not be recorded: what was given out is not remembered, and two runs at once may meet.
type UnavailableError struct{ Why string }

// Error returns the reason as a sentence.
func (u *UnavailableError) Error() string {
	return fmt.Sprintf("cannot record assigned ports (%s); another run may be given the same port", u.Why)
}

// BrokenError says that a store could not be understood, and where it is now.
type BrokenError struct{ File, Why string }

// Error returns what happened as a sentence.
func (b *BrokenError) Error() string {
	return fmt.Sprintf("the record of assigned ports was broken (%s) and is now %q: checkouts that keep no .env may be given other ports", b.Why, b.File)
}

// quotedPath is what went wrong, with the path in quotes: of the files of the store no message names one beside it.
func quotedPath(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return fmt.Sprintf("%q: %s", path.Path, path.Err)
	}
	return err.Error()
}
