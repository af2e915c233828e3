package run

import (
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

// FuzzSettings reads any settings: it never panics, says what is wrong with the name of the file in front, and a range that it takes
// is one.
func FuzzSettings(f *testing.F) {
	for _, text := range []string{
		"rules: {fixed-port: off}\nlevel: info\nfail-on: never\nports: {range: 20000-32767, reserve: [8080, 9000-9010]}\nexclude: ['**/x', 'a/{b,c}']\n",
		"ports: &a {range: *a}\n", "---\n---\nrules:\n", "exclude: ['[']", "rules: {x: y, x: z}", "\ufeff", "a: [", "<<: {level: info}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSettings("settings", []byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "settings:") && !strings.HasPrefix(err.Error(), "settings is not valid YAML: ") {
				t.Errorf("%q", err)
			}
			return
		}
		if s.Within.Last < s.Within.First || !s.Within.Known() && s.Within != (lint.Ports{}) {
			t.Errorf("the range is %+v", s.Within)
		}
	})
}
