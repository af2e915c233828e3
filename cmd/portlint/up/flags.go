package up

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// flagWord is one flag on a command line.
type flagWord struct {
	flag       *pflag.Flag
	value      string
	first, end int // the words that it takes; flags of one group, such as -dV, have the same
}

// scanned is a command line, read.
type scanned struct {
	flags   []flagWord
	others  []int  // where the words that are no flags stand
	unknown string // the word with the first flag that is not known, "" when all are
	open    bool   // a flag has no value
}

// scan reads words as cobra's parser does. A flag that is not known is taken for one word: it is Compose's to refuse.
// Without mixed, the first word that is no flag ends it. Source: pflag flag.go, parseLongArg and parseShortArg.
func scan(known *pflag.FlagSet, words []string, mixed bool) scanned {
	var s scanned
	for at := 0; at < len(words); at++ {
		switch word := words[at]; {
		case word == "--":
			for at++; at < len(words); at++ {
				s.others = append(s.others, at)
			}
		case len(word) < 2 || word[0] != '-':
			s.others = append(s.others, at)
			if !mixed {
				return s
			}
		default:
			at = s.flag(known, words, at) - 1
		}
	}

	return s
}

// flag reads the flags of one word, and says where the next one begins: behind their value.
func (s *scanned) flag(known *pflag.FlagSet, words []string, at int) int {
	if name, long := strings.CutPrefix(words[at], "--"); long {
		name, value, isSet := strings.Cut(name, "=")
		return s.add(nil, known.Lookup(name), value, isSet, words, at)
	}

	var group []flagWord
	for letters := words[at][1:]; letters != ""; letters = letters[1:] {
		f := known.ShorthandLookup(letters[:1])
		value, isSet := strings.CutPrefix(letters[1:], "=")
		if f == nil || isSet || f.NoOptDefVal == "" {
			return s.add(group, f, value, isSet || value != "", words, at)
		}
		group = append(group, flagWord{f, f.NoOptDefVal, at, at + 1})
	}

	s.flags = append(s.flags, group...)
	return at + 1
}

// add ends a group of flags with one that may have its value in the next word. One without a value is left out.
func (s *scanned) add(group []flagWord, f *pflag.Flag, value string, isSet bool, words []string, at int) int {
	end := at + 1
	switch {
	case f == nil:
		s.unknown = cmp.Or(s.unknown, words[at])
	case isSet:
		group = append(group, flagWord{flag: f, value: value})
	case f.NoOptDefVal != "":
		group = append(group, flagWord{flag: f, value: f.NoOptDefVal})
	case end < len(words):
		group = append(group, flagWord{flag: f, value: words[end]})
		end++
	default:
		s.open = true
	}

	for i := range group {
		group[i].first, group[i].end = at, end
	}
	s.flags = append(s.flags, group...)
	return end
}

// names reports whether a flag stands on the line.
func (s *scanned) names(flag string) bool {
	return slices.ContainsFunc(s.flags, func(f flagWord) bool { return f.flag.Name == flag })
}

// split parts the words of the chosen flags from all others.
func (s *scanned) split(words []string, selects func(*pflag.Flag) bool) (theirs, others []string) {
	mine := map[int]bool{}
	for _, f := range s.flags {
		for at := f.first; at < f.end && selects(f.flag); at++ {
			mine[at] = true
		}
	}

	for at, word := range words {
		if mine[at] {
			theirs = append(theirs, word)
		} else {
			others = append(others, word)
		}
	}

	return theirs, others
}

// part says which of the words before `up` are docker's flags, and which are Compose's. Those of portlint are neither's.
func (s *scanned) part(words []string) (dockers, composes []string) {
	dockers, _ = s.split(words, isDockers)
	_, composes = s.split(words, func(f *pflag.Flag) bool { return isDockers(f) || run.IsOurs(f) })
	return dockers, composes
}

// composeFlags are the flags of `docker compose` itself beside those of run.Flags. What they do changes no port.
// Source: compose cmd/compose/compose.go, RootCommand and addProjectFlags.
func composeFlags(f *pflag.FlagSet, line *Line) {
	for _, name := range []string{"ansi", "insecure-registry", "progress"} {
		f.String(name, "", "")
	}
	f.Int("parallel", 0, "")
	for _, name := range []string{"all-resources", "no-ansi", "verbose"} {
		f.Bool(name, false, "")
	}
	f.BoolP("version", "v", false, "")
	f.StringVar(&line.globals.ProjectDir, "workdir", "", "") // the old name of --project-directory
	f.BoolVar(&line.dryRun, "dry-run", false, "")
	f.BoolVarP(&line.help, "help", "h", false, "")
}

// upFlags are the flags of `docker compose up`, and those of portlint beside them.
// Source: compose cmd/compose/up.go, upCommand.
func upFlags(f *pflag.FlagSet, line *Line) {
	f.BoolVarP(&line.detach, "detach", "d", false, "")
	f.BoolVar(&line.wait, "wait", false, "")
	f.BoolVar(&line.dryRun, "dry-run", false, "")
	f.BoolVarP(&line.help, "help", "h", false, "")
	f.BoolVar(&line.Options.NoDeps, "no-deps", false, "")
	f.BoolVar(&line.Options.NoStart, "no-start", false, "")
	f.BoolVar(&line.Options.NoRecreate, "no-recreate", false, "")
	f.BoolVar(&line.Options.ForceRecreate, "force-recreate", false, "")
	f.BoolVar(&line.Options.RecreateDeps, "always-recreate-deps", false, "")
	f.BoolVarP(&line.Options.RenewVolumes, "renew-anon-volumes", "V", false, "")
	f.BoolVar(&line.Options.RemoveOrphans, "remove-orphans", false, "")
	f.StringArrayVar(&line.scale, "scale", nil, "")
	f.StringArrayVar(&line.attach, "attach", nil, "")
	f.StringVar(&line.exit, "exit-code-from", "", "")
	f.String("no-attach", "", "")
	f.String("pull", "missing", "")
	f.IntP("timeout", "t", 0, "")
	f.Int("wait-timeout", 0, "")
	for _, name := range []string{"abort-on-container-exit", "abort-on-container-failure", "attach-dependencies", "build", "menu",
		"no-build", "no-color", "no-log-prefix", "quiet-build", "quiet-pull", "timestamps"} {
		f.Bool(name, false, "")
	}

	f.BoolP("watch", "w", false, "")
	f.BoolVarP(&line.yes, "yes", "y", false, "")
	f.BoolVar(&line.yes, "y", false, "") // Compose's old name of it
	line.own(f)
}

// ownNames are the flags that are portlint's and not Compose's.
var ownNames = []string{"move", "write", "replace", "env-file"}

func isOurs(f *pflag.Flag) bool { return slices.Contains(ownNames, f.Name) }

// isDockers says which flags are docker's and not Compose's.
func isDockers(f *pflag.Flag) bool { return f.Name == "context" || f.Name == "host" }
