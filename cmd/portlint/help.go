package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// newHelp is cobra's help command, but for a word that names no command, which is an error.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about a command",
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var words []string
			for _, c := range root.Commands() {
				if c.IsAvailableCommand() {
					words = append(words, cobra.CompletionWithDesc(c.Name(), c.Short))
				}
			}
			return words, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			cmd := root
			for i, word := range args {
				below, _, err := cmd.Find(args[i : i+1])
				if err != nil || below == cmd {
					return fmt.Errorf("%q has no command %q%s; %q lists them", cmd.DisplayName(), word, meant(cmd, word), cmd.CommandPath()+" --help")
				}
				cmd = below
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		},
	}
}

// otherNames are words that people know from other programs, and what they are called here.
var otherNames = map[string]string{
	"ps": "ports", "ls": "ports", "lst": "ports", "list": "ports", "lint": "check", "test": "check", "scan": "check", "start": "up", "run": "up",
	"kill": "who", "owner": "who", "lsof": "who", "netstat": "who", "ss": "who", "whois": "who", "environment": "env", "printenv": "env", "config": "init", "setup": "init",
	"pick": "free", "random": "free", "docs": "explain", "rules": "explain", "rule": "explain",
}

// meant says which command a word may stand for that names none, "" where none comes to mind.
func meant(cmd *cobra.Command, word string) string {
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	if cmd.HasParent() {
		return run.DidYouMean(word, names)
	}
	if port := portIn(word); port != "" {
		return fmt.Sprintf("; did you mean %q?", cmd.DisplayName()+" who "+port)
	}
	if name := otherNames[strings.ToLower(word)]; name != "" {
		return fmt.Sprintf("; did you mean %q?", name)
	}
	return run.DidYouMean(word, names)
}

// portIn is a word that can't be meant but as a port: 8080, 8080/udp, :8080, localhost:8080; "" for any other word.
func portIn(word string) string {
	if _, err := parsePort(word); err != nil {
		return ""
	}
	return word
}
