package compose

import (
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// TestRefused wants an item that is refused quoted as it is written, and a correction only where its bytes are the part.
func TestRefused(t *testing.T) {
	tests := map[string]struct{ text, at, replaced string }{
		"['8080:80/tpc']":                                {"'8080:80/tpc'", "tpc", "tcp"},
		"[\"8080:80/\\u0074pc\"]":                        {"\"8080:80/\\u0074pc\"", "\"8080:80/\\u0074pc\"", ""},
		"[\"8080:80/${P:-tpc}\"]":                        {"\"8080:80/${P:-tpc}\"", "${P:-tpc}", ""},
		"\n      - |\n        8080:80/tpc\n":             {"8080:80/tpc", "|", ""},
		"\n      - >-\n        8080:80/tpc\n":            {"8080:80/tpc", "tpc", "tcp"},
		"\n      - target: 80\n        published: abc\n": {"{target: 80, published: abc}", "abc", ""},
		"[{target: 80, published: abc}]":                 {"{target: 80, published: abc}", "abc", ""},
		"[\"90-80:1\"]":                                  {"\"90-80:1\"", "90-80", "80-90"},
		"['localhost:80:80']":                            {"'localhost:80:80'", "localhost", "127.0.0.1"},
	}
	for ports, want := range tests {
		dir := testdir.Layout(t, "-- compose.yaml --\nservices:\n  a:\n    image: a\n    ports: "+ports+"\n")
		l, err := Load(t.Context(), Options{Dir: dir})
		if err != nil || len(l.Project.Invalid) != 1 {
			t.Fatalf("%s: %v %v", ports, err, l.Project.Invalid)
		}
		bad := l.Project.Invalid[0]
		if at := l.Sources.Text(bad.Span); bad.Text != want.text || at != want.at || bad.Replaced != want.replaced {
			t.Errorf("%s: %q at %q, replaced %q", ports, bad.Text, at, bad.Replaced)
		}
	}
}

// TestRefusedHalfRange wants a range with one end quoted as it is written, not as its empty end.
func TestRefusedHalfRange(t *testing.T) {
	for _, published := range []string{"8080-", "-8080"} {
		dir := testdir.Layout(t, "-- compose.yaml --\nservices:\n  a:\n    image: a\n    ports: [{target: 80, published: \""+published+"\"}]\n")
		l, err := Load(t.Context(), Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		want := `published "` + published + `" is not a port from 0 to 65535`
		if len(l.Project.Invalid) != 1 || l.Project.Invalid[0].Reason != want {
			t.Errorf("%v, want %s", l.Project.Invalid, want)
		}
	}
}
