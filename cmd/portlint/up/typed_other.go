//go:build !unix && !windows

package up

import (
	"os"
	"time"
)

// dropTyped: nothing is known of what was typed.
func dropTyped(*os.File) {}

// typedWithin: nothing is known of what is typed.
func typedWithin(*os.File, time.Duration) bool { return false }
