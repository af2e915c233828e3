package lint

import "testing"

func TestScanExpression(t *testing.T) {
	for text, want := range map[string]Expression{
		"${A}":            {"${A}", "A", "", ""},
		"$A_1":            {"$A_1", "A_1", "", ""},
		"${A:-80}":        {"${A:-80}", "A", ":-", "80"},
		"${A-80}":         {"${A-80}", "A", "-", "80"},
		"${A:-${B:-80}}":  {"${A:-${B:-80}}", "A", ":-", "${B:-80}"},
		"${A:?say:-so}":   {"${A:?say:-so}", "A", ":?", "say:-so"},
		"${A:+x}":         {"${A:+x}", "A", ":+", "x"},
		"$A:80":           {"$A", "A", "", ""},
		"${A}${B}":        {"${A}", "A", "", ""},
		"${A:-1}:${B:-2}": {"${A:-1}", "A", ":-", "1"},
	} {
		got, ok := ScanExpression(text)
		if !ok || got != want {
			t.Errorf("%s: %+v %t", text, got, ok)
		}
		if _, one := parseExpression(text); one != (want.Text == text) {
			t.Errorf("%s: exactly one is %t", text, one)
		}
	}
	for _, text := range []string{"", "80", "$", "${}", "8${A}", "${A:=80}", "${1A}", "$1", "${A", "$$A", "${A:-${B}"} {
		if got, ok := ScanExpression(text); ok {
			t.Errorf("%s is read as %+v", text, got)
		}
	}
}

func TestExpressions(t *testing.T) {
	for text, want := range map[string]string{
		"8080:80":                        "",
		"${A:-${B:-80}}:$C/${D}":         " A B C D",
		"$$A:${B:-$$C}":                  " B",
		"${A:=1}${B}":                    " B",
		"${A:?say ${B}}-${A}:${C:+${D}}": " A B A C D",
		"$":                              "",
	} {
		got := ""
		for _, e := range Expressions(text) {
			got += " " + e.Name
		}
		if got != want {
			t.Errorf("%s: got%s, want%s", text, got, want)
		}
	}
}
