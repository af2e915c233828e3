package up

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// Complete offers what may come next on a line of up: services, or the values of the flag before. Cobra hands over all
// words but `up` itself.
func Complete(cmd *cobra.Command, w run.Process, words []string, begun string) ([]string, cobra.ShellCompDirective) {
	var line Line
	known := pflag.NewFlagSet("", pflag.ContinueOnError)
	upFlags(known, &line)
	name, value, behind := strings.Cut(begun, "=")
	if behind = behind && strings.HasPrefix(name, "--"); behind {
		words, begun = append(slices.Clone(words), name), value
	}
	if strings.HasPrefix(begun, "-") {
		return composeFlagNames(cmd, known), cobra.ShellCompDirectiveNoFileComp
	}
	known.AddFlagSet(line.before())
	read := scan(known, words, true)
	_ = line.set(read.flags) // the line is not done
	line.globals.EnvFiles = inputs(w, read.flags)
	var services []string
	for _, s := range run.ServicesNow(cmd.Context(), w, line.globals) {
		services = append(services, s.Name)
	}
	switch name := openFlag(known, words); {
	case name != "":
		return upValues(cmd, w, &line, name, begun, services)
	case behind:
		return nil, cobra.ShellCompDirectiveNoFileComp // a flag that takes no value
	}

	for _, at := range read.others {
		services = slices.DeleteFunc(services, func(s string) bool { return s == words[at] })
	}
	return services, cobra.ShellCompDirectiveNoFileComp
}

// inputs are the files that --env-file names and that are there: cobra does not tell on which side of `up` it stands, and the file that up
// writes is an env file, too.
func inputs(w run.Process, flags []flagWord) []string {
	var files []string
	for _, f := range flags {
		if f.flag.Name == "env-file" && isFile(run.Below(w.Dir, f.value)) {
			files = append(files, f.value)
		}
	}
	return files
}

// upValues offers what a flag of up may take.
func upValues(cmd *cobra.Command, w run.Process, line *Line, flag, begun string, services []string) ([]string, cobra.ShellCompDirective) {
	switch flag {
	case "attach", "no-attach", "exit-code-from":
		return services, cobra.ShellCompDirectiveNoFileComp
	case "scale":
		if strings.Contains(begun, "=") {
			break // a number
		}
		for i := range services {
			services[i] += "="
		}
		return services, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	case "pull":
		return []string{"always", "missing", "never"}, cobra.ShellCompDirectiveNoFileComp
	case "context":
		return line.globals.OtherContexts(w), cobra.ShellCompDirectiveNoFileComp
	case "profile":
		return run.ProfilesNow(cmd.Context(), w, line.globals), cobra.ShellCompDirectiveNoFileComp
	case "file":
		return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
	case "project-directory", "workdir":
		return nil, cobra.ShellCompDirectiveFilterDirs
	case "env-file":
		return nil, cobra.ShellCompDirectiveDefault
	}

	return nil, cobra.ShellCompDirectiveNoFileComp
}

// openFlag is the name of the flag that the last word leaves without its value, "" when that needs none.
func openFlag(known *pflag.FlagSet, words []string) string {
	if len(words) == 0 {
		return ""
	}
	// with one more word, a flag that is open takes it
	last := len(words) - 1
	for _, f := range scan(known, append(slices.Clone(words), "x"), true).flags {
		if f.first == last && f.end == last+2 {
			return f.flag.Name
		}
	}
	return ""
}

// composeFlagNames are the long flags that are not portlint's own: those cobra knows.
func composeFlagNames(cmd *cobra.Command, known *pflag.FlagSet) []string {
	var names []string
	known.VisitAll(func(f *pflag.Flag) {
		if cmd.Flag(f.Name) == nil && len(f.Name) > 1 {
			names = append(names, "--"+f.Name)
		}
	})
	return names
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
