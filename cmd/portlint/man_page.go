package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manPage is the manual page of one command, as man(1) reads it: what the help says, no more and no less. Every text goes through
// roff, which escapes it.
type manPage struct{ strings.Builder }

// newManPage writes the page of a command. Its date is a month: nobody looks for more.
func newManPage(cmd *cobra.Command, date time.Time) string {
	cmd.InitDefaultHelpCmd()
	cmd.InitDefaultHelpFlag()

	var p manPage
	name := dashed(cmd)
	fmt.Fprintf(&p, ".nh\n.TH \"%s\" \"1\" \"%s\" \"portlint\" \"portlint\"\n", strings.ToUpper(name), date.Format("Jan 2006"))
	p.section("NAME", name+` \- `+roff(cmd.Short))
	p.section("SYNOPSIS", bold(cmd.UseLine()))
	p.section("DESCRIPTION", paragraphs(cmd.Long, cmd.Short))
	p.options("OPTIONS", cmd.NonInheritedFlags())
	p.options("OPTIONS INHERITED FROM PARENT COMMANDS", cmd.InheritedFlags())
	if cmd.Example != "" {
		p.section("EXAMPLE", ".EX\n"+roff(cmd.Example)+"\n.EE")
	}
	p.seeAlso(cmd)
	return p.String()
}

// section writes a heading and what stands below it, which is roff already.
func (p *manPage) section(title, text string) { fmt.Fprintf(p, ".SH %s\n%s\n", title, text) }

// options writes the flags of a set with their defaults, nothing when none is to be seen.
func (p *manPage) options(title string, flags *pflag.FlagSet) {
	var all []string
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Deprecated != "" {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		names := bold("--" + f.Name)
		if f.Shorthand != "" {
			names = bold("-"+f.Shorthand) + ", " + names
		}
		if value != "" {
			names += " " + italic(value)
		}
		all = append(all, ".TP\n"+names+"\n"+roff(usage+defaultOf(f)))
	})
	if len(all) > 0 {
		p.section(title, strings.Join(all, "\n"))
	}
}

// defaultOf is the default of a flag as the help shows it, "" where it is nothing. Source: pflag flag.go, FlagUsagesWrapped.
func defaultOf(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "0", "0s", "<nil>", "[]", "false":
		return ""
	}
	if f.Value.Type() == "string" {
		return fmt.Sprintf(" (default %q)", f.DefValue)
	}
	return fmt.Sprintf(" (default %s)", f.DefValue)
}

// seeAlso names the pages of the command above and of those below.
func (p *manPage) seeAlso(cmd *cobra.Command) {
	var others []string
	if cmd.HasParent() {
		others = append(others, dashed(cmd.Parent()))
	}
	for _, c := range pagesBelow(cmd) {
		others = append(others, dashed(c))
	}
	slices.Sort(others)
	for i, name := range others {
		others[i] = bold(name + "(1)")
	}
	if len(others) > 0 {
		p.section("SEE ALSO", strings.Join(others, ", "))
	}
}

// pagesBelow are the commands of a command that have a page: those that the help shows.
func pagesBelow(cmd *cobra.Command) []*cobra.Command {
	return slices.DeleteFunc(slices.Clone(cmd.Commands()), func(c *cobra.Command) bool {
		return !c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand()
	})
}

// dashed is the name of a command's page.
func dashed(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// paragraphs is a text with the breaks between its paragraphs, the second text where there is none.
func paragraphs(text, otherwise string) string {
	if text == "" {
		text = otherwise
	}
	return strings.ReplaceAll(roff(text), "\n\n", "\n.PP\n")
}

func bold(text string) string   { return `\fB` + roff(text) + `\fP` }
func italic(text string) string { return `\fI` + roff(text) + `\fP` }

// roff escapes a text: a line of it is no request, and a dash is one that can be copied.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
