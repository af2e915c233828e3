package main

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/diagnose"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/refusal"
	"github.com/portlint/portlint/lint/report"
)

var liveBlock = regexp.MustCompile("(?s)```console live\n(.*?)```\n")

// TestReadmeLive compares the outputs of the README that speak of a machine, in blocks marked "live". No test may depend
// on what runs where it runs: the machine is the hand-made one of port-in-use's page, and so is the project. What asks
// a real engine and real sockets is left to the scripts; what is said of the answers is the program's own.
func TestReadmeLive(t *testing.T) {
	readme := readReadme(t)
	current := liveBlock.ReplaceAllStringFunc(readme, func(block string) string {
		now := "```console live\n" + runLive(t, liveBlock.FindStringSubmatch(block)[1]) + "```\n"
		if now != block && !*update {
			t.Errorf("the README shows\n%s\nand the program says (-update writes it)\n%s", block, now)
		}
		return now
	})
	if *update {
		rewrite(t, filepath.Join(root, "README.md"), current)
	}
}

func runLive(t *testing.T, block string) string {
	t.Helper()
	page, _ := lint.Page("port-in-use")
	host := pageHost("port-in-use")
	r := liveReport(t, host, "port-in-use", page)
	var out bytes.Buffer
	for _, line := range strings.Split(block, "\n") {
		command, ok := strings.CutPrefix(line, "$ portlint ")
		if !ok {
			continue
		}
		out.WriteString(line + "\n")
		if err := liveCommand(&out, r, host, strings.Fields(command)); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	return out.String()
}

// liveCommand prints what a command says of a report on a machine.
func liveCommand(out *bytes.Buffer, r report.Report, host *lint.Host, args []string) error {
	switch args[0] {
	case "who":
		a, err := parseAsked(args[1:])
		if err != nil {
			return err
		}
		return report.Who(out, r, a.uses(host), "text")
	case "explain":
		d := diagnose.Diagnosis{Report: r}
		for _, refused := range refusal.Parse(strings.Join(args[1:], " ")) {
			d.Refusals = append(d.Refusals, diagnose.DiagnosisOf(host, refused, diagnose.PortsOf(refused), diagnose.SameProject{}))
		}
		return d.Print(out, "text", false)
	case "ports":
		r.Now = []report.Now{{Of: host.PortStatuses(r.Projects[0])}}
		return report.Ports(out, r, "table")
	default:
		return report.Text(out, r)
	}
}
