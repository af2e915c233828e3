package sockets

import (
	"context"

	"github.com/portlint/portlint/lint"
)

// Kept is empty: macOS keeps no ports back.
func Kept(context.Context) []lint.KeptRange { return nil }
