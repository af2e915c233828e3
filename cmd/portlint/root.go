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
	"github.com/spf13/pflag"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/cmd/portlint/up"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint/safefile"
)

// execute is the whole program: it runs one command line and returns the exit code.
func execute(ctx context.Context, args []string, w run.Process) int {
	out := &run.Stream{Writer: w.Stdout}
	w.Stdout, w.Silence = out, &dockerapi.Silence{}
	root := newRoot(w)
	if up.IsUp(args) { // which reads the whole line itself: what stands after up is not portlint's
		args = append([]string{"up"}, args...)
	}
	root.SetArgs(append([]string{}, args...))
	root.SetIn(w.Stdin)
	root.SetOut(w.Stdout)
	root.SetErr(w.Stderr)
	err := root.ExecuteContext(ctx)

	failure := out.Failure()
	var status run.ExitStatus
	switch {
	case errors.As(err, &status):
		return int(status)
	case failure != nil:
		run.Logf(w.Stderr, "cannot write to standard output: %v", safefile.WithoutPath(failure))
		return run.ExitFailed
	case err == nil:
		return run.ExitClean
	case errors.Is(err, run.ErrFindings):
		return run.ExitFindings
	}

	for _, line := range strings.Split(err.Error(), "\n") {
		run.Logf(w.Stderr, "%s", line)
	}
	return run.ExitFailed
}

// newRoot builds the command line. The root takes the flags of check, because check is the default command.
func newRoot(w run.Process) *cobra.Command {
	var g run.Flags
	var o checkFlags
	var version bool
	root := &cobra.Command{
		Use:   "portlint [PATH...]",
		Short: "Find and fix host-port conflicts of Docker Compose projects",
		Long: "Find and fix host-port conflicts of Docker Compose projects.\n\n" +
			"Without a command, portlint runs check.",
		Args:          cobra.ArbitraryArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Name() == cobra.ShellCompRequestCmd {
				plainUsages(cmd.Root())
			}
			if version {
				return nil
			}
			return refuseFlags(&g, cmd, w, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if version {
				return printVersion(w)
			}
			if err := notACommand(cmd, w, args); err != nil {
				return err
			}
			return check(cmd.Context(), w, g, o, args)
		},
	}

	root.Flags().BoolVar(&version, "version", false, "version for portlint") // cobra's own has a template, see withoutGlobals
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.DisableDefaultCmd = true
	g.Register(root.PersistentFlags())
	o.register(root.Flags())
	root.AddCommand(newCheck(w, &g), newUp(w), newPorts(w, &g), newAssign(w, &g), newEnv(w, &g))
	for _, cmd := range []*cobra.Command{newWho(w, &g), newFree(w, &g), newExplain(w, &g), newInit(w), newLSP(w, &g), newPlugin(w),
		newCompletion(w), newMan(w), newVersion(w)} {
		withoutGlobals(cmd)
		root.AddCommand(cmd)
	}

	wrapHelp(root)
	root.SetHelpCommand(newHelp(root))
	completeWords(root, w, &g)
	if w.Plugin {
		nameAsPlugin(root)
	}
	return root
}

// withoutGlobals keeps the flags about projects out of the help of a command that reads none. A template of cobra would do it too, and
// keep all methods of all types in the program, which a template may call.
func withoutGlobals(cmd *cobra.Command) {
	usage := cmd.UsageFunc()
	cmd.SetUsageFunc(func(cmd *cobra.Command) error {
		var hidden []*pflag.Flag
		cmd.InheritedFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				f.Hidden = true
				hidden = append(hidden, f)
			}
		})

		err := usage(cmd)
		for _, f := range hidden {
			f.Hidden = false
		}
		return err
	})
}

// notACommand says so when the first argument is a bare word that names neither a command nor a path.
func notACommand(root *cobra.Command, w run.Process, args []string) error {
	if err := run.NotPaths(args); err != nil {
		return err
	}
	if len(args) == 0 || portIn(args[0]) == "" && strings.ContainsAny(args[0], `./\`) {
		return nil
	}
	if _, err := os.Lstat(filepath.Join(w.Dir, args[0])); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("%q is neither a command nor a file or directory here%s", args[0], meant(root, args[0]))
}

func flagError(cmd *cobra.Command, err error) error {
	return fmt.Errorf("%w; see %q", err, cmd.CommandPath()+" --help")
}

// refuseFlags says what is wrong with docker's flags for a command. With --static no engine is asked, and a page of explain
// needs none.
func refuseFlags(g *run.Flags, cmd *cobra.Command, w run.Process, args []string) error {
	switch name := cmd.Name(); name {
	case "portlint", "check", "ports":
		if static := cmd.Flags().Lookup("static"); static != nil && static.Value.String() == "true" {
			return g.Unclear()
		}
		return errors.Join(g.Unclear(), g.UnknownContext(w))
	case "who":
		if orphans, _ := cmd.Flags().GetBool("orphans"); len(args) == 0 && !orphans {
			return errors.Join(g.Unclear(), g.UnknownContext(w))
		}
		return errors.Join(g.OneEngine(name), g.UnknownContext(w))
	case "free", "assign", "env", "lsp":
		return errors.Join(g.OneEngine(name), g.UnknownContext(w))
	case "explain":
		return g.OneEngine(name)
	}

	return nil // it asks no engine, or reads its flags itself
}
