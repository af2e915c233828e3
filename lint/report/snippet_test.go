package report

import (
	"strings"
	"testing"
)

func TestCaretStandsUnderThePort(t *testing.T) {
	for _, c := range []struct{ name, line, shown, caret string }{
		{"plain", `- "<8080>:80"`,
			`- "8080:80"`,
			`   ^~~~`},
		{"one character", `- <8>:80`,
			`- 8:80`,
			`  ^`},
		{"nothing", `- <>:80`,
			`- :80`,
			`  ^`},
		{"tab before", "-\t\"<8080>\"",
			`-   "8080"`,
			`     ^~~~`},
		{"tab at a stop", "- ab\t<8080>",
			`- ab    8080`,
			`        ^~~~`},
		{"tab inside", "<80\t80>",
			`80  80`,
			`^~~~~~`},
		{"CJK", `検索: "<9200>"`,
			`検索: "9200"`,
			`       ^~~~`},
		{"CJK inside", `<店舗>:80`,
			`店舗:80`,
			`^~~~`},
		{"combining mark", "cafe\u0301: <80>",
			"cafe\u0301: 80",
			`      ^~`},
		{"control character", "a\x1b[31m: <80>",
			`a\x1b[31m: 80`,
			`           ^~`},
		{"bidi control", "\u202e: <80>",
			`\u202e: 80`,
			`        ^~`},
		{"invalid UTF-8", "\xff: <80>",
			`\xff: 80`,
			`      ^~`},
		{"emoji", "🐳: <80>",
			`🐳: 80`,
			`    ^~`},
	} {
		from := strings.Index(c.line, "<")
		to := strings.Index(c.line, ">") - 1
		got := newSnippet(strings.NewReplacer("<", "", ">", "").Replace(c.line), from, to, snippetWidth)
		if got.text != c.shown || got.caret() != c.caret {
			t.Errorf("%s:\ngot  %s\n     %s\nwant %s\n     %s", c.name, got.text, got.caret(), c.shown, c.caret)
		}
	}
}

func TestLongLinesAreCutAroundThePort(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after int
		filler        string
		head, tail    bool
	}{
		{"at the start", 3, 300, "x", false, true},
		{"in the middle", 150, 150, "x", true, true},
		{"at the end", 300, 0, "x", true, false},
		{"just too far right", 105, 100, "x", true, true},
		{"exactly as wide as the window", 50, snippetWidth - 54, "x", false, false},
		{"short", 40, 40, "x", false, false},
		{"wide characters", 200, 200, "検", true, true},
		{"escaped characters", 200, 200, "\x01", true, true},
	} {
		line := strings.Repeat(c.filler, c.before) + "8080" + strings.Repeat(c.filler, c.after)
		from := c.before * len(c.filler)
		got := newSnippet(line, from, from+4, snippetWidth)
		if strings.HasPrefix(got.text, "…") != c.head || strings.HasSuffix(got.text, "…") != c.tail {
			t.Errorf("%s: %s", c.name, got.text)
		}
		if width := columns(layOut(got.text), len(got.text)); width > snippetWidth+2 {
			t.Errorf("%s: %d columns wide", c.name, width)
		}
		var under string
		column := 0
		for _, cell := range layOut(got.text) {
			if column >= got.indent && column < got.indent+got.width {
				under += cell.text
			}
			column += cell.width
		}
		if under != "8080" || got.width != 4 {
			t.Errorf("%s: the caret is under %q of %s", c.name, under, got.text)
		}
	}
}

func TestPortLongerThanTheWindow(t *testing.T) {
	got := newSnippet(strings.Repeat("9", 500), 50, 400, snippetWidth)
	if got.indent+got.width > snippetWidth+2 || got.width < snippetWidth/2 {
		t.Errorf("caret at %d, %d wide", got.indent, got.width)
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plain, 検索, café":          "plain, 検索, café",
		"\x1b[31mred\x1b[0m":       `\x1b[31mred\x1b[0m`,
		"two\nlines\r\tand\ba\a":   `two\nlines\r\tand\ba\a`,
		"\x00\x7f\u0085\u009b":     `\x00\x7f\u0085\u009b`,
		"a\u202eb\u2066c\u200fd":   `a\u202eb\u2066c\u200fd`,
		"zero\u200bwidth\ufeff":    `zero\u200bwidth\ufeff`,
		"line\u2028separator":      `line\u2028separator`,
		"tag \U000e0041 character": `tag \U000e0041 character`,
		"\xff\xc3(":                `\xff\xc3(`,
		"really \ufffd":            "really \ufffd",
		`it's "quoted" \x1b`:       `it's "quoted" \x1b`,
	} {
		got := Escape(in)
		if got != want {
			t.Errorf("%q is printed as %s, want %s", in, got, want)
		}
		if Escape(got) != got {
			t.Errorf("%q is escaped twice", got)
		}
	}
}
