package leases

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// waitFor waits in the system's queue for a lock. Many may stand there: as long as the store changes, the wait is no sign that
// something is wrong. flock's TryLockContext has no queue, and an end that is set beforehand.
func (b Store) waitFor(ctx context.Context, l *flock.Flock) error {
	got := make(chan error, 1)
	go func() { got <- l.Lock() }()

	wait := cmp.Or(b.wait, 30*time.Second)
	look := time.NewTicker(wait / looks)
	defer look.Stop()
	still := standstill{last: b.stamp()}

	for {
		select {
		case err := <-got:
			if err != nil {
				return &UnavailableError{quotedPath(err)}
			}
			return nil
		case <-ctx.Done():
			leave(l, got)
			return errors.New("stopped while waiting for the record of assigned ports")
		case <-look.C:
			if still.over(b.stamp()) {
				leave(l, got)
				return fmt.Errorf("another portlint holds the record of assigned ports in %q for more than %v", b.Dir, wait)
			}
		}
	}
}

// leave lets go of a lock that comes after all.
func leave(l *flock.Flock, got <-chan error) {
	go func() {
		if <-got == nil {
			_ = l.Unlock()
		}
	}()
}

// looks is how often one who waits looks whether the store has changed.
const looks = 10

// stamp tells one state of the store's file from another.
type stamp struct {
	changed time.Time
	size    int64
}

func (b Store) stamp() stamp {
	info, err := os.Stat(filepath.Join(b.Dir, fileName))
	if err != nil {
		return stamp{}
	}
	return stamp{info.ModTime(), info.Size()}
}

// standstill counts the looks in a row that saw the same store.
type standstill struct {
	last stamp
	seen int
}

// over reports whether the store has stood still for all looks.
func (s *standstill) over(now stamp) bool {
	if now != s.last {
		*s = standstill{last: now}
		return false
	}
	s.seen++
	return s.seen >= looks
}
