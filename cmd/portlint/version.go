package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

func newVersion(w world) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprint(w.stdout, versionLine(w))
			return err
		},
	}
}

func versionLine(w world) string {
	return fmt.Sprintf("portlint %s (%s, %s/%s)\n", w.version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
