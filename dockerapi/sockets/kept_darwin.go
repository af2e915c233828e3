package sockets

import (
	"context"

	"github.com/portlint/portlint/lint/pick"
)

// Kept is empty: macOS keeps no ports back.
func Reserved(context.Context) []pick.Reserved { return nil }
