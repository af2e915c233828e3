package run

import (
	"fmt"
	"sync/atomic"
	"time"
)

const progressAfter = time.Second

// startProgress prints a line on standard error that counts projects, on a terminal only and after a second. The
// returned function takes the line away.
func startProgress(w Process, total int, done *atomic.Int64) (stop func()) {
	if !IsTerminal(w.Stderr) {
		return func() {}
	}
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		ticks := time.NewTicker(progressAfter)
		defer ticks.Stop()
		shown := progress(w, total, done, ticks.C, quit)
		if shown {
			fmt.Fprint(w.Stderr, "\r\x1b[K")
		}
	}()

	return func() { close(quit); <-gone }
}

// progress prints the line at each tick and reports whether there was one.
func progress(w Process, total int, done *atomic.Int64, ticks <-chan time.Time, quit <-chan struct{}) bool {
	shown := false
	for {
		select {
		case <-quit:
			return shown
		case <-ticks:
			fmt.Fprintf(w.Stderr, "\rreading projects: %d of %d", done.Load(), total)
			shown = true
		}
	}
}
