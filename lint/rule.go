package lint

import (
	"embed"
	"slices"
	"strings"
)

// Rule is one bad pattern.
type Rule struct {
	Name      string
	Severity  Severity // unless the settings say otherwise
	Certainty Certainty
	Summary   string // one line, for the list of rules
	Live      bool   // asks the machine: silent where no [Host] is given
	LiveToo   bool   // says more where a [Host] is given
	Profiles  bool   // Check is asked about each profile that is off, too
	Twice     bool   // silent unless somebody asks about a second checkout
	// Check looks at one project. CheckAll looks at all of them at once. A rule has one of the two; a rule that has
	// neither is reported by Run itself.
	Check    func(*Pass)
	CheckAll func(*Pass)
	// Stack looks at one project for `docker stack deploy`; nil: the rule says nothing of a stack.
	Stack func(*Pass)
}

// Rules are all rules, in the order in which they are listed.
var Rules = []Rule{
	duplicatePort,
	portInUse,
	reservedPort,
	replicasSharePort,
	unusablePorts,
	unusableAddress,
	unusableLinks,
	pausedContainer,
	duplicateContainerName,
	nameInUse,
	subnetInUse,
	addressInUse,
	missingExternal,
	networkInUse,
	invalidPort,
	racingPorts,
	portTakenLater,
	sameProjectName,
	shadowedPort,
	ephemeralPort,
	overrideAddsPort,
	ignoredPorts,
	unsetPortVariable,
	browserBlockedPort,
	osServicePort,
	singleCheckout,
	fixedPort,
	fixedContainerName,
	sharedImageTag,
	fixedSubnet,
	sharedNetwork,
	sharedVolume,
	oneVariableBothSides,
	sharedPort,
	stalePortReference,
	unloadableProject,
	unusedIgnoreRule,
}

// RuleNamed finds a rule.
func RuleNamed(name string) (Rule, bool) {
	i := slices.IndexFunc(Rules, func(r Rule) bool { return r.Name == name })
	if i < 0 {
		return Rule{}, false
	}
	return Rules[i], true
}

//go:embed rule_*.md
var pages embed.FS

// Page returns the documentation of a rule, in Markdown.
func Page(rule string) (string, bool) {
	text, err := pages.ReadFile("rule_" + strings.ReplaceAll(rule, "-", "_") + ".md")
	return string(text), err == nil
}

// Pass is what a rule sees.
type Pass struct {
	Rule     Rule
	Project  *Project        // nil in CheckAll
	Plan     Plan            // of Project
	Host     *Host           // nil when only files are read
	Projects []*Project      // everything in sight
	Reserved map[uint16]bool // host ports that a suggestion must not take
	// besideBlocked is what on this machine is in the way of beside, and not of Project.
	besideBlocked []Finding
	up            UpOptions       // that is asked about
	occupancy     occupancy       // of Project on Host; the zero occupancy where that is nil
	beside        *SecondCheckout // of Project, nil where nobody asks about one
	suggester     *suggester      // of the whole Run
	profile       string          // that is on in Project and Plan and was not asked for; "" in what was
	report        func(Finding)
}

// engine is the engine that was asked, the zero Engine when none was.
func (p *Pass) engine() Engine {
	if p.Host == nil {
		return Engine{}
	}
	return p.Host.Engine
}

// Report adds a finding. In the data of a test, what Compose or the engine refuses is at most a warning. Rule, severity, certainty and project are filled in where
// they are zero; Latent is kept when the rule's own certainty is Latent.
func (p *Pass) Report(f Finding) {
	f.Rule = p.Rule.Name
	if f.Severity == Off {
		f.Severity = p.Rule.Severity
	}
	if p.Project != nil && p.Project.TestData && slices.Contains(refusing, p.Rule.Name) { // a test may want it refused
		f.Severity = min(f.Severity, Warning)
	}

	if f.Certainty == Latent {
		f.Certainty = p.Rule.Certainty
	}

	if f.Project == "" && p.Project != nil {
		f.Project = p.Project.Label()
	}

	hidden := f.Binding != nil && f.Binding.From.Unused.Kind == HiddenByShell
	if hidden && p.Project != nil && f.Severity >= Warning {
		f.Related = append(slices.Clip(f.Related), p.unused(f.Binding)...)
	}
	f.Fixes = doable(f.Fixes)
	f.fit()
	p.report(f)
}
