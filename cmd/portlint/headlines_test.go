package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/portlint/portlint/lint"
)

// lineColumns is how wide a terminal is at least, and mostPlace the longest place that a headline has to fit beside.
const (
	lineColumns = 80
	mostPlace   = "compose.yaml:99:10: "
)

// longNames are the names of the examples of the pages, and names as long as those of real projects.
var longNames = map[string]string{
	"web": "storefront-gateway", "api": "payments-api-server", "db": "accounts-database", "worker": "thumbnail-generator",
	"cache": "session-cache-redis", "grpc": "recommendations-grpc", "gitlab": "gitlab-enterprise-ce", "kafka": "order-events-kafka",
	"registry": "private-registry-v2", "proxy": "edge-reverse-proxy", "front": "public-frontend-net", "back": "internal-backend-net",
	"edge": "company-wide-ingress", "data": "accounts-database-data", "certificates": "letsencrypt-certificates", "job": "nightly-report-job",
	"shop": "acme-shop-monorepo", "blog": "marketing-blog-site", "WEB_PORT": "STOREFRONT_GATEWAY_PORT", "PORT": "PAYMENTS_API_SERVER_PORT",
	"ADMIN_PORT": "STOREFRONT_ADMIN_PORT",
}

var nameInExample = regexp.MustCompile(`[A-Za-z_]+`)

// withLongNames is an example of a page with long names in it. What names a program, a key of Compose or a file stays.
func withLongNames(example string) string {
	var out strings.Builder
	for line := range strings.Lines(example) {
		stays := strings.Contains(line, "image:") && !strings.Contains(line, "${") || strings.HasPrefix(line, "# ")
		if !stays {
			line = longer(line)
		}
		out.WriteString(line)
	}
	return out.String()
}

// hostWithLongNames is the machine of a page, where things have the names of withLongNames.
func hostWithLongNames(rule string) *lint.Host {
	h := pageHost(rule)
	for i := range h.Containers {
		c := &h.Containers[i]
		c.Name, c.Project, c.Service, c.WorkingDir = longer(c.Name), longer(c.Project), longer(c.Service), longer(c.WorkingDir)
	}
	for i := range h.Networks {
		n := &h.Networks[i]
		n.Name, n.Project = strings.Replace(n.Name, "shop", longNames["shop"], 1), longer(n.Project)
	}
	return h
}

func longer(text string) string {
	return nameInExample.ReplaceAllStringFunc(text, func(word string) string {
		if long, ok := longNames[word]; ok {
			return long
		}
		return word
	})
}

// TestHeadlinesOfLongNames asks every rule about the example of its page with names as long as those of real projects: each headline
// is whole in a line of a terminal.
func TestHeadlinesOfLongNames(t *testing.T) {
	for _, rule := range lint.Rules {
		t.Run(rule.Name, func(t *testing.T) {
			page, _ := lint.Page(rule.Name)
			example, _, _ := strings.Cut(page, "## Output")
			_, example, _ = strings.Cut(example, "## Example")

			var said string
			if rule.Live || rule.LiveToo {
				said = saidOn(t, hostWithLongNames(rule.Name), rule.Name, withLongNames(example))
			} else {
				said = runExample(t, rule.Name, withLongNames(example))
			}
			headlines := headlinesIn(said)
			if len(headlines) == 0 {
				t.Fatalf("it says nothing of\n%s", withLongNames(example))
			}
			for _, h := range headlines {
				if h.rule != rule.Name {
					t.Errorf("%s says: %s", h.rule, h.text)
				}
				h.check(t)
			}
		})
	}
}

// TestHeadlinesOfExpectedOutput looks at every headline that another test expects: in the pages, the scripts, the README.
func TestHeadlinesOfExpectedOutput(t *testing.T) {
	var files []string
	for _, pattern := range []string{"lint/rule_*.md", "cmd/portlint/testdata/script/*.txtar", "README.md", ".github/docs/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("no %s: %v", pattern, err)
		}
		files = append(files, found...)
	}

	var rules []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range headlinesIn(string(text)) {
			rules = append(rules, h.rule)
			h.check(t)
		}
	}
	for _, rule := range lint.Rules {
		if !slices.Contains(rules, rule.Name) {
			t.Errorf("no expected output has a headline of %s", rule.Name)
		}
	}
}

// printedHeadline is the first line of a finding.
type printedHeadline struct{ text, rule string }

var headlineLine = regexp.MustCompile(`(?m)^[^\s:]+(?::\d+:\d+)?: ((?:error|warning|info): .* \[([a-z-]+)\])$`)

var ownerAge = regexp.MustCompile(`, up \d+ (s|min|h|days) \[`)

var portVariable = regexp.MustCompile(`\$[A-Z]+/`)

func headlinesIn(text string) []printedHeadline {
	var all []printedHeadline
	for _, m := range headlineLine.FindAllStringSubmatch(text, -1) {
		all = append(all, printedHeadline{m[1], m[2]})
	}
	return all
}

func (h printedHeadline) check(t *testing.T) {
	t.Helper()
	text := ownerAge.ReplaceAllString(h.text, " [")      // it is told only where the terminal has room for it
	text = portVariable.ReplaceAllString(text, "65535/") // a script has its ports in variables
	if n := len(mostPlace) + utf8.RuneCountInString(text); n > lineColumns {
		t.Errorf("%d columns: %s%s", n, mostPlace, h.text)
	}
}
