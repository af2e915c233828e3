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
		RunE:  func(*cobra.Command, []string) error { return printVersion(w) },
	}
}

func printVersion(w run.Process) error {
	_, err := fmt.Fprintf(w.Stdout, "portlint %s (%s, %s/%s)\n", w.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
