package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/run"
)

func newVersion(w run.Process) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprint(w.Stdout, versionLine(w))
			return err
		},
	}
}

func versionLine(w run.Process) string {
	return fmt.Sprintf("portlint %s (%s, %s/%s)\n", w.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
