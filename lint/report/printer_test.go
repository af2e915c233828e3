package report

import "testing"

func TestFold(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"fits", "a line of 20 columns", "a line of 20 columns"},
		{"does not fit", "portlint: nothing that a variable gives", "portlint: nothing\n  that a variable\n  gives"},
		{"a word that is too long stays whole", "x /srv/shop/a/compose.yaml y", "x\n  /srv/shop/a/compose.yaml\n  y"},
		{"a command to type stays whole", "run `portlint check --fix` now", "run\n  `portlint check --fix`\n  now"},
		{"a lone backquote", "a ` b c d e f g h i j k", "a ` b c d e f g h i j k"},
	} {
		if got := Fold(c.line, 20, 2); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}

	if got := Fold("what no terminal shows is not broken", 0, 2); got != "what no terminal shows is not broken" {
		t.Errorf("without a terminal: %q", got)
	}
}
