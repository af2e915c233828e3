package main

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// severityWords are the values of what takes a severity.
var severityWords = []string{"error", "warning", "info"}

// completeWords tells shells what may stand behind the flags and commands: of this project, engine and machine.
func completeWords(root *cobra.Command, w run.Process, g *run.Flags) {
	words := wordsOf(w, g)
	for _, cmd := range append(commandsBelow(root), root) {
		if cmd.ValidArgsFunction == nil && len(cmd.ValidArgs) == 0 && !takesPaths(cmd) {
			cmd.ValidArgsFunction = cobra.NoFileCompletions
		}
		_ = cmd.RegisterFlagCompletionFunc("format", listed(formatsOf(cmd.Name()))) // a command without the flag needs none
		for _, name := range slices.Sorted(maps.Keys(words)) {
			if cmd.LocalFlags().Lookup(name) != nil {
				_ = cmd.RegisterFlagCompletionFunc(name, words[name]) // an error says that it is registered already
			}
		}
	}

	_ = root.MarkPersistentFlagFilename("file", "yaml", "yml")
	_ = root.MarkPersistentFlagDirname("project-directory")
}

// takesPaths reports whether the arguments of a command are PATHs, which shells complete by themselves.
func takesPaths(cmd *cobra.Command) bool {
	return cmd.Name() == "check" || cmd.Name() == "ports" || !cmd.HasParent()
}

// plainUsages takes the backticks, which only the help knows how to show, from what is said of flags.
func plainUsages(root *cobra.Command) {
	for _, cmd := range append(commandsBelow(root), root) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) { f.Usage = strings.ReplaceAll(f.Usage, "`", "") })
	}
}

// commandsBelow are the commands of a command, and theirs.
func commandsBelow(cmd *cobra.Command) []*cobra.Command {
	var all []*cobra.Command
	for _, c := range cmd.Commands() {
		all = append(append(all, c), commandsBelow(c)...)
	}
	return all
}

// wordsOf says what each flag takes that is no file. --format is another one for each command.
func wordsOf(w run.Process, g *run.Flags) map[string]cobra.CompletionFunc {
	return map[string]cobra.CompletionFunc{
		"context": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return g.OtherContexts(w), cobra.ShellCompDirectiveNoFileComp
		},
		"profile": func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return run.ProfilesNow(cmd.Context(), w, *g), cobra.ShellCompDirectiveNoFileComp
		},
		"project-name": cobra.NoFileCompletions,
		"host":         cobra.NoFileCompletions,
		"host-ip":      cobra.NoFileCompletions,
		"timeout":      cobra.NoFileCompletions,
		"near":         cobra.NoFileCompletions,
		"level":        listed(severityWords),
		"fail-on":      listed(append(slices.Clone(severityWords), "never")),
		"sort":         listed(orders),
		"color":        listed([]string{"auto", "always", "never"}),
		"require":      listed([]string{"engine", "sockets"}),
		"rule":         ruleWords,
	}
}

// listed offers fixed words.
func listed(words []string) cobra.CompletionFunc {
	return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
}

// formatsOf are the formats of a command.
func formatsOf(command string) []string {
	switch command {
	case "who":
		return whoFormats
	case "explain":
		return explainFormats
	case "free":
		return freeFormats
	case "assign":
		return assignFormats
	case "env":
		return envFormats
	case "ports":
		return portsFormats
	}

	return slices.Sorted(maps.Keys(report.Formats))
}

// ruleWords offers NAME= and, behind that, the severities.
func ruleWords(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	name, _, named := strings.Cut(begun, "=")
	var words []string
	if named {
		for _, s := range append(slices.Clone(severityWords), "off") {
			words = append(words, name+"="+s)
		}
		return words, cobra.ShellCompDirectiveNoFileComp
	}

	for _, r := range lint.Rules {
		words = append(words, cobra.CompletionWithDesc(r.Name+"=", r.Summary))
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// portWords offers the host ports that somebody has now, with the container where there is one. Ports of outgoing
// connections are left out.
func portWords(cmd *cobra.Command, w run.Process, g *run.Flags) ([]string, cobra.ShellCompDirective) {
	ctx, stop := context.WithTimeout(cmd.Context(), w.Within(run.CompletionTime))
	defer stop()
	host := dockerapi.Look(ctx, g.Engine(w, ""))
	_ = dockerapi.Survey(ctx, &host) // how to try ports is of no use here
	owner := map[uint16]string{}
	for port := range host.InUse {
		if !host.Ephemeral.Contains(port) {
			owner[port] = ""
		}
	}

	for _, c := range host.Containers {
		for _, p := range c.Bound {
			owner[p.Addr.Port()] = c.Name
		}
	}

	words := make([]string, 0, len(owner))
	for _, port := range slices.Sorted(maps.Keys(owner)) {
		word := strconv.Itoa(int(port))
		if owner[port] != "" {
			word = cobra.CompletionWithDesc(word, run.Escape(owner[port]))
		}
		words = append(words, word)
	}

	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
