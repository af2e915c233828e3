package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// run is the whole program: it runs one command line and returns the exit code.
func run(ctx context.Context, args []string, w world) int {
	out := &stream{Writer: w.stdout}
	w.stdout = out
	root := newRoot(w)
	if namesUp(args) { // which reads the whole line itself: what stands after up is not portlint's
		args = append([]string{"up"}, args...)
	}
	root.SetArgs(append([]string{}, args...))
	root.SetIn(w.stdin)
	root.SetOut(w.stdout)
	root.SetErr(w.stderr)
	err := root.ExecuteContext(ctx)

	failure := out.failure()
	var status exitStatus
	switch {
	case errors.As(err, &status):
		return int(status)
	case failure != nil:
		say(w.stderr, "cannot write to standard output: %v", pathless(failure))
		return exitFailed
	case err == nil:
		return exitClean
	case errors.Is(err, errFindings):
		return exitFindings
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		say(w.stderr, "%s", line)
	}
	return exitFailed
}

// newRoot builds the command line. The root takes the flags of check, because check is the default command.
func newRoot(w world) *cobra.Command {
	var g globals
	var o checkFlags
	root := &cobra.Command{
		Use:   "portlint [PATH...]",
		Short: "Will every host port of this Compose project be ours to bind?",
		Long: "Will every host port of this Compose project be ours to bind?\n\n" +
			"Without a command, portlint runs check.",
		Version:       w.version,
		Args:          cobra.ArbitraryArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Name() == cobra.ShellCompRequestCmd {
				plainUsages(cmd.Root())
			}
			return refuseFlags(&g, cmd, w)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := notACommand(cmd, w, args); err != nil {
				return err
			}
			return check(cmd.Context(), w, g, o, args)
		},
	}
	root.SetVersionTemplate(versionLine(w))
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.DisableDefaultCmd = true
	g.register(root.PersistentFlags())
	o.register(root.Flags())
	root.AddCommand(newCheck(w, &g), newUp(w), newPorts(w, &g), newAssign(w, &g))
	for _, cmd := range []*cobra.Command{newWho(w, &g), newFree(w, &g), newExplain(w, &g), newInit(w), newLSP(w, &g), newPlugin(w),
		newCompletion(w), newMan(w), newVersion(w)} {
		withoutGlobals(cmd)
		root.AddCommand(cmd)
	}
	root.SetHelpCommand(newHelp(root))
	completeWords(root, w, &g)
	if w.plugin {
		nameAsPlugin(root)
	}
	return root
}

// withoutGlobals keeps the flags about projects out of the help of a command that reads none.
func withoutGlobals(cmd *cobra.Command) {
	cmd.SetUsageTemplate(strings.Replace(cmd.UsageTemplate(), "{{if .HasAvailableInheritedFlags}}", "{{if false}}", 1))
}

// notACommand says so when the first argument is a bare word that names neither a command nor a path.
func notACommand(root *cobra.Command, w world, args []string) error {
	if err := notPaths(args); err != nil {
		return err
	}
	if len(args) == 0 || portIn(args[0]) == "" && strings.ContainsAny(args[0], `./\`) {
		return nil
	}
	if _, err := os.Lstat(filepath.Join(w.dir, args[0])); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("%q is neither a command nor a file or directory here%s", args[0], meant(root, args[0]))
}

func flagError(cmd *cobra.Command, err error) error {
	return fmt.Errorf("%w; see %q", err, cmd.CommandPath()+" --help")
}

// refuseFlags says what is wrong with docker's flags for a command. With --static no engine is asked, and a page of explain
// needs none.
func refuseFlags(g *globals, cmd *cobra.Command, w world) error {
	switch name := cmd.Name(); name {
	case "portlint", "check", "ports":
		if static := cmd.Flags().Lookup("static"); static != nil && static.Value.String() == "true" {
			return g.unclear()
		}
		return errors.Join(g.unclear(), g.unknownContext(w))
	case "who", "free", "assign", "lsp":
		return errors.Join(g.oneEngine(name), g.unknownContext(w))
	case "explain":
		return g.oneEngine(name)
	}
	return nil // it asks no engine, or reads its flags itself
}
