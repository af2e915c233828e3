package envfile

import (
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/dotenv"
)

func TestSetBlock(t *testing.T) {
	const begin, end = "# portlint: begin: what this checkout was given, `portlint assign --write` keeps it\n", "# portlint: end\n"
	web, db := Var{"WEB_PORT", "23001"}, Var{"DB_PORT", "23002"}
	for _, c := range []struct {
		name, text string
		vars       []Var
		want       string
	}{
		{"an empty file", "", []Var{db, web}, begin + "DB_PORT=23002\nWEB_PORT=23001\n" + end},
		{"nothing to write", "A=1\n", nil, "A=1\n"},
		{"at the end", "A=1\n", []Var{web}, "A=1\n" + begin + "WEB_PORT=23001\n" + end},
		{"without a last line end", "A=1", []Var{web}, "A=1\n" + begin + "WEB_PORT=23001\n" + end},
		{"in place", "A=1\n" + begin + "WEB_PORT=1\nOLD=2\n" + end + "B=2", []Var{web}, "A=1\n" + begin + "WEB_PORT=23001\n" + end + "B=2"},
		{"a line of somebody else's in the block", begin + "WEB_PORT=1\n\n# mine\nSECRET=abc\n" + end, []Var{db, web},
			begin + "WEB_PORT=23001\n\n# mine\nSECRET=abc\nDB_PORT=23002\n" + end},
		{"only a line of somebody else's", begin + "OLD=1\nSECRET=abc\n" + end, nil, begin + "SECRET=abc\n" + end},
		{"two in one line", begin + "OLD='1' SECRET=abc\n" + end, nil, begin + "OLD='1' SECRET=abc\n" + end},
		{"a value over several lines", begin + "OLD='1\n2' # x\nSECRET='a\nOLD=2\n'\n" + end, nil, begin + "SECRET='a\nOLD=2\n'\n" + end},
		{"on both sides of the first mark", "WEB_PORT=1\n" + begin + "WEB_PORT=2\n" + end, []Var{web}, "WEB_PORT=1\n" + begin + "WEB_PORT=23001\n" + end},
		{"a second block", begin + "WEB_PORT=1\n" + end + begin + "B=1\n" + end, []Var{web}, begin + "WEB_PORT=23001\n" + end + begin + "B=1\n" + end},
		{"the first line may be in older words", "# portlint: begin\nWEB_PORT=1\n# portlint: end", []Var{web},
			"# portlint: begin\nWEB_PORT=23001\n# portlint: end"},
		{"nothing is left for the block", "A=1\n" + begin + "OLD=1\n" + end + "B=2\n", nil, "A=1\nB=2\n"},
		{"a line outside, before", "WEB_PORT = '8080' # mine\n", []Var{web}, "WEB_PORT = '23001' # mine\n"},
		{"a line outside, behind", begin + "WEB_PORT=1\nDB_PORT=2\n" + end + "export WEB_PORT=8080\n", []Var{db, web},
			begin + "DB_PORT=23002\n" + end + "export WEB_PORT=23001\n"},
		{"a line outside on both sides", "WEB_PORT=1\n" + begin + "DB_PORT=2\n" + end + "WEB_PORT=8080\n", []Var{db, web},
			"WEB_PORT=1\n" + begin + "DB_PORT=23002\n" + end + "WEB_PORT=23001\n"},
		{"Windows", "A=1\r\n", []Var{web}, "A=1\r\n# portlint: begin: what this checkout was given, `portlint assign --write` keeps it\r\nWEB_PORT=23001\r\n# portlint: end\r\n"},
		{"a byte order mark", "\ufeff", []Var{web}, "\ufeff" + begin + "WEB_PORT=23001\n" + end},
		{"a block behind a byte order mark", "\ufeff" + begin + "WEB_PORT=1\n" + end, []Var{web}, "\ufeff" + begin + "WEB_PORT=23001\n" + end},
		{"a block in quotes is none", "A='\n# portlint: begin\n# portlint: end\n'\n", []Var{web}, "A='\n# portlint: begin\n# portlint: end\n'\n" + begin + "WEB_PORT=23001\n" + end},
		{"a comment is no value", "# WEB_PORT=1\n", []Var{web}, "# WEB_PORT=1\n" + begin + "WEB_PORT=23001\n" + end},
	} {
		got, err := SetBlock([]byte(c.text), c.vars, []string{"OLD"})
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %v\n%q, want\n%q", c.name, err, got, c.want)
		}
		repeated, err := SetBlock(got, c.vars, []string{"OLD"})
		if err != nil || string(repeated) != string(got) {
			t.Errorf("%s: a second time %v\n%q", c.name, err, repeated)
		}
		for _, v := range c.vars {
			if value, ok := Value(got, v.Name); !ok || value != v.Value {
				t.Errorf("%s: %s is %q", c.name, v.Name, value)
			}
		}
	}
}

func TestBlockWithoutEnd(t *testing.T) {
	for text, want := range map[string]string{
		"A=1\n# portlint: begin\nB=2\n":                                        `the line "# portlint: begin", line 2, has no "# portlint: end" after it`,
		"A=1\n# portlint: begin\nB=2\n# portlint: begin: x\n# portlint: end\n": `the line "# portlint: begin", line 2, has no "# portlint: end" before the next one, line 4`,
	} {
		if _, err := SetBlock([]byte(text), nil, nil); err == nil || err.Error() != want {
			t.Error(err)
		}
	}
}

// FuzzSetBlock asks Compose's own parser: the variables have their values, and every other one keeps its own.
func FuzzSetBlock(f *testing.F) {
	for _, seed := range []string{
		"", "A=1", "A=1\r\nWEB_PORT=2\r\n", "export WEB_PORT = '1' # x\nB=\"a\nb\"\n", "WEB_PORT=1\n# portlint: begin\nWEB_PORT=2\nDB=3\n# portlint: end\nC=4",
		"A='\n# portlint: begin\n'\n# portlint: end\n", "WEB_PORT:\nA=#\n", "WEB_PORT\nA=1\n", "WEB_PORT=\"1\nA=2",
	} {
		f.Add(seed)
	}
	parse := func(text string) (map[string]string, error) {
		return dotenv.ParseWithLookup(strings.NewReader(text), func(string) (string, bool) { return "", false })
	}
	f.Fuzz(func(t *testing.T, text string) {
		before, err := parse(text)
		if _, nameless := before[""]; err != nil || nameless || strings.Contains(text, "$") { // see checkSet
			t.Skip()
		}
		out, err := SetBlock([]byte(text), []Var{{"WEB_PORT", "23001"}}, []string{"DB"})
		if err != nil {
			t.Skip()
		}
		after, err := parse(string(out))
		if err != nil || after["WEB_PORT"] != "23001" {
			t.Fatalf("%v %q\n%q", err, after, out)
		}
		for name, value := range before {
			if now, is := after[name]; name != "WEB_PORT" && name != "DB" && (!is || now != value) {
				t.Errorf("%s was %q and is %q\n%q\n%q", name, value, now, text, out)
			}
		}
	})
}
