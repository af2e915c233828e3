package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

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
	root.DisableAutoGenTag = true // no day and no name of a tool
	header := doc.GenManHeader{Section: "1", Date: &date, Source: "portlint", Manual: "portlint"}
	return writePages(root, header, dir)
}

// writePages writes the page of a command and those of the commands below it.
func writePages(cmd *cobra.Command, header doc.GenManHeader, dir string) error {
	for _, c := range cmd.Commands() {
		if !c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() {
			continue
		}
		if err := writePages(c, header, dir); err != nil {
			return err
		}
	}

	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
	var page bytes.Buffer
	err := doc.GenMan(cmd, &header, &page)
	if err == nil {
		err = safefile.Replace(filepath.Join(dir, name+".1"), page.Bytes(), run.NewMode)
	}
	if err != nil {
		return fmt.Errorf("cannot write the manual page %q: %w", name+".1", safefile.WithoutPath(err))
	}
	return nil
}
