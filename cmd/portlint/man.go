package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint/safefile"
)

// newMan is for those who package portlint: it is not in the help.
func newMan(w run.Process) *cobra.Command {
	return &cobra.Command{
		Use:    "man DIRECTORY",
		Short:  "Write the manual pages into a directory",
		Hidden: true,
		Long: "Write the manual pages, portlint.1 and one for each command, into a directory that is there.\n\n" +
			"SOURCE_DATE_EPOCH is the time that they bear, in seconds: the same pages each time.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("expected one directory to write the manual pages into, not %q; to read about a command: %q",
					args, cmd.Root().DisplayName()+" help COMMAND")
			}
			return writeManual(cmd.Root(), w, run.Below(w.Dir, args[0]))
		},
	}
}

func writeManual(root *cobra.Command, w run.Process, dir string) error {
	date := time.Now()
	if epoch := w.Env["SOURCE_DATE_EPOCH"]; epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return fmt.Errorf("SOURCE_DATE_EPOCH: expected seconds since 1970, not %q", epoch)
		}
		date = time.Unix(seconds, 0)
	}

	date = date.UTC()
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("%q is no directory", run.Relative(w.Dir, dir))
	}
	return writePages(root, date, dir)
}

// writePages writes the page of a command and those of the commands below it.
func writePages(cmd *cobra.Command, date time.Time, dir string) error {
	for _, c := range pagesBelow(cmd) {
		if err := writePages(c, date, dir); err != nil {
			return err
		}
	}

	name := dashed(cmd) + ".1"
	if err := safefile.Replace(filepath.Join(dir, name), []byte(newManPage(cmd, date)), run.NewMode); err != nil {
		return fmt.Errorf("cannot write the manual page %q: %w", name, safefile.WithoutPath(err))
	}
	return nil
}
