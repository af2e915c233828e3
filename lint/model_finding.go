package lint

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Severity orders findings by what they cost.
type Severity int

// The severities; Off turns a rule off and is never the severity of a finding.
const (
	Off Severity = iota
	Info
	Warning
	Error
)

var severityNames = [...]string{"off", "info", "warning", "error"}

// String returns "off", "info", "warning" or "error".
func (s Severity) String() string { return severityNames[s] }

// ParseSeverity reads the name of a severity.
func ParseSeverity(name string) (Severity, error) {
	for i, n := range severityNames {
		if n == name {
			return Severity(i), nil
		}
	}
	return Off, fmt.Errorf("unknown severity %q, expected off, info, warning or error", name)
}

// Certainty tells how sure a finding is.
type Certainty int

// Latent: not now, but later. Possible: it depends on order, version or values that are not known. Certain: the
// engine's own behaviour leaves no other outcome.
const (
	Latent Certainty = iota
	Possible
	Certain
)

var certaintyNames = [...]string{"latent", "possible", "certain"}

// String returns "latent", "possible" or "certain".
func (c Certainty) String() string { return certaintyNames[c] }

// Safety tells what a fix may change.
type Safety int

// Manual: a person must do it. Unsafe: exactly the named ports change. Safe: Compose loads the same project, whatever the
// variables that it has already are set to; where a fix takes away ports that are listed twice, what the engine binds is
// the same.
const (
	Manual Safety = iota
	Unsafe
	Safe
)

var safetyNames = [...]string{"manual", "unsafe", "safe"}

// String returns "manual", "unsafe" or "safe".
func (s Safety) String() string { return safetyNames[s] }

// Finding is one fault of the user's files or machine.
type Finding struct {
	Rule      string
	Severity  Severity
	Certainty Certainty
	Project   string // the project's name
	Service   string // "" when it is not about one service
	Span      Span
	Message   string // the headline: one short sentence, lower case, no full stop
	Notes     []Note // what else there is to know, each a line of its own
	Related   []Related
	Binding   *Binding // the port that it is about, nil when there is none
	Name      *Name    // the name other than a port that it is about, nil when there is none
	Owner     *Owner   // who has that port or name, nil when nobody does
	Fixes     []Fix    // the best first
	Profiles  []string // of Compose, with any of which it holds and without it does not; nil: as asked
	wants     string   // the host ports that it is about, where common is set
	common    string   // what holds for all that the rule finds in a project, as the end of "50051/tcp of "a" and 2 others …"; "" for nothing
	Shared    int      // host ports that several projects publish, of shared-port
	Contexts  []string // of docker, where the same is asked of several engines: for which it holds; nil: for all
	shorter   []string // the headline with ever less in it, for where it is longer than a line
}

// Note is a line below the headline of a finding.
type Note struct {
	Label Label
	Text  string
	Span  Span // where that is written, the zero Span where no file has it
}

// Label says what a note tells. It is one of the values of `notes.label` in the JSON format.
type Label string

// The labels of notes.
const (
	NoteHeldBy   Label = "held by"
	NoteWhy      Label = "why"      // what comes of it, or where it comes from
	NoteWhen     Label = "when"     // the profiles of Compose with which it holds, or a second checkout
	NotePossible Label = "possible" // on what it depends
	NoteLatent   Label = "latent"   // what has to happen first
)

// note adds a line, none where there is no text.
func (f *Finding) note(label Label, text string) {
	if text != "" {
		f.Notes = append(f.Notes, Note{Label: label, Text: text})
	}
}

// Same reports whether two findings of one rule say the same of one place.
func (f Finding) Same(o Finding) bool {
	return f.Rule == o.Rule && f.Span == o.Span && f.Message == o.Message && slices.Equal(f.Notes, o.Notes)
}

// Headline is the message, with how sure it is where that is neither certain nor told by a note.
func (f Finding) Headline() string {
	tells := func(n Note) bool { return n.Label == NotePossible || n.Label == NoteLatent || n.Label == NoteWhen }
	if f.Certainty == Certain || slices.ContainsFunc(f.Notes, tells) {
		return f.Message
	}
	return f.Message + " (" + f.Certainty.String() + ")"
}

// LineWidth is how many columns a terminal has at least.
const LineWidth = 80

// fits reports whether the headline is whole in a line of a terminal, behind a place and before the name of the rule.
func (f Finding) fits() bool {
	around := len("compose.yaml:99:10: ") + len(f.Severity.String()) + len(":  []") + len(f.Rule)
	return around+utf8.RuneCountInString(f.Headline()) <= LineWidth
}

// fit shortens the headline until the line that it stands in is whole, as far as it can be shortened: what comes of it, behind a
// semicolon, goes into a line of its own, then the shorter headlines are tried.
func (f *Finding) fit() {
	if head, effect, two := strings.Cut(f.Message, "; "); two && !f.fits() {
		f.Message = head
		f.Notes = slices.Insert(f.Notes, 0, Note{Label: NoteWhy, Text: effect})
	}

	for _, text := range f.shorter {
		if f.fits() {
			break
		}
		f.Message = text
	}
	f.shorter = nil
}

// Fitting is the first of several headlines, the most telling first, that is whole in a line of a terminal beside what takes other columns
// of it; the last where none is.
func Fitting(headlines []string, beside int) string {
	for _, text := range headlines {
		if beside+utf8.RuneCountInString(text) <= LineWidth {
			return text
		}
	}
	return headlines[len(headlines)-1]
}

// Shares reports whether it says of something that all checkouts have it in common, and nothing worse.
func (f Finding) Shares() bool {
	return slices.Contains([]string{sharedNetwork.Name, sharedVolume.Name, sharedImageTag.Name}, f.Rule)
}

// Name is something other than a port that a whole engine has once.
type Name struct {
	Kind NameKind
	Value
}

// NameKind is one of the values of `name.kind` in the JSON format.
type NameKind string

// The kinds of names.
const (
	NameOfContainer NameKind = "container"
	NameOfImage     NameKind = "image"
	NameOfNetwork   NameKind = "network"
	NameOfSubnet    NameKind = "subnet"
	NameOfAddress   NameKind = "address"
	NameOfVolume    NameKind = "volume"
	NameOfPath      NameKind = "path" // of the machine
)

// Related is another place that belongs to a finding.
type Related struct {
	Message string
	Span    Span
	entry   Span // the whole item, where the place is as wrong as the finding's own; zero elsewhere
	Quiet   bool // its line may hold a password and is not shown
}

// Fix is one way to repair a finding.
type Fix struct {
	Title   string
	Kind    FixKind
	Safety  Safety
	Edits   []Edit // sorted, without overlap; empty for a command
	Command string // what to type, "" when there are edits
	Plain   bool   // the command says all that the title does
	Moves   []Move // what the edits do to host ports and names; without any, an unsafe fix may change all ports of its service
}

// FixKind is one of the values of `fixes.kind` in the JSON format.
type FixKind string

// The kinds of fixes that stand beside each other; any other one has none.
const (
	FixFrees FixKind = "free" // whoever has it gives it back
	FixMoves FixKind = "move" // the project takes another one
)

// Move is what a fix does to the host ports of one `ports` item, or to a name other than a port.
type Move struct {
	Item     Span   // the whole item, or the name with its quotes, before the edits
	Name     string // the name, before and after; "" for host ports, and then alone what follows says something of numbers
	Part     string // of a name: its beginning that Var gives; "" for all of it
	From, To uint16 // the lowest host port before and after, the same where nothing moves; 0: the engine picks
	Width    int    // how many host ports in a row the item names
	Var      string // the variable that gives it from then on, "" when none does
	New      bool   // the fix brings that variable
	Repeated bool   // another item of the fix publishes the same in the same service, and Compose may take the two for one
}

// Edit replaces the bytes of Span by New.
type Edit struct {
	Span Span
	New  string
}
