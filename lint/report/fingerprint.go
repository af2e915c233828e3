package report

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/portlint/portlint/lint"
)

// fingerprints name the findings so that a service can follow each from one run to the next: they hold what a finding is
// about but neither its line nor its wording, and are unique within a report.
func (r Report) fingerprints() []string {
	seen := map[string]int{}
	return each(r.Findings, func(f lint.Finding) string {
		key := strings.Join(r.identity(f), "\x00")
		seen[key]++
		return digest(key, strconv.Itoa(seen[key]))
	})
}

// digest is a short name for texts.
func digest(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

func (r Report) identity(f lint.Finding) []string {
	id := append([]string{f.Rule, r.anchor(f).file, f.Service}, slices.Sorted(slices.Values(f.Contexts))...)
	b := f.Binding
	if b == nil {
		return id
	}

	host := ""
	if b.HostIP.IsValid() {
		host = b.HostIP.String()
	}

	return append(id, b.Proto, host, b.PortText(), strconv.Itoa(int(b.Target)))
}
