package envfile

import (
	"bytes"
	"maps"
	"testing"

	"github.com/compose-spec/compose-go/v2/dotenv"
)

func TestSet(t *testing.T) {
	for _, c := range []struct{ name, text, comment, want string }{
		{"a new file", "", "", "P=1\n"},
		{"a new file with a comment", "", "host port of web", "# host port of web\nP=1\n"},
		{"plain", "A=b\nP=8080\nC=d\n", "x", "A=b\nP=1\nC=d\n"},
		{"empty", "P=\n", "", "P=1\n"},
		{"empty before a comment", "P= # which\n", "", "P=1 # which\n"},
		{"a comment glued to nothing", "P=#which\n", "", "P=1 #which\n"},
		{"quotes", `P="8080"` + "\nQ='2'\n", "", `P="1"` + "\nQ='2'\n"},
		{"single quotes and a comment", "P='8080' # c\n", "", "P='1' # c\n"},
		{"export", "export P=8080\n", "", "export P=1\n"},
		{"spaces", "P = 8080  # c\n", "", "P = 1  # c\n"},
		{"a colon", "P: 8080\n", "", "P: 1\n"},
		{"CRLF", "A=b\r\nP=8080\r\n", "", "A=b\r\nP=1\r\n"},
		{"no final newline", "A=b\nP=8080", "", "A=b\nP=1"},
		{"the last one counts", "P=1000\nP=2000\n", "", "P=1000\nP=1\n"},
		{"two statements on a line", "A='x' P=2000\n", "", "A='x' P=1\n"},
		{"a comment is no assignment", "# P=8080\n", "", "# P=8080\nP=1\n"},
		{"nor is a line of a longer value", "A=\"\nP=8080\n\"\n", "", "A=\"\nP=8080\n\"\nP=1\n"},
		{"an inherited one", "P\n", "", "P\nP=1\n"},
		{"another name that ends so", "XP=8080\nP_X=1\n", "", "XP=8080\nP_X=1\nP=1\n"},
		{"a byte order mark", "\ufeffP=8080\n", "", "\ufeffP=1\n"},
		{"appended to CRLF", "A=b\r\n", "c", "A=b\r\n# c\r\nP=1\r\n"},
		{"appended without a final newline", "A=b", "c", "A=b\n# c\nP=1"},
		{"appended to blocks", "A=b\n\nC=d\n", "c", "A=b\n\nC=d\n\n# c\nP=1\n"},
		{"appended to blocks that end with a blank line", "A=b\n\nC=d\n\n", "c", "A=b\n\nC=d\n\n# c\nP=1\n"},
		{"appended in the manner of all", "export A=\"b\"\nexport C=\"d\"\n", "", "export A=\"b\"\nexport C=\"d\"\nexport P=\"1\"\n"},
		{"appended where the manners differ", "export A=\"b\"\nC='d'\n", "", "export A=\"b\"\nC='d'\nP=1\n"},
		{"appended with spaces", "A = b\n", "", "A = b\nP = 1\n"},
	} {
		got := Set([]byte(c.text), "P", "1", c.comment)
		if string(got) != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		checkSet(t, []byte(c.text), got)
	}
}

// checkSet asks Compose's own parser: P is 1 now, and nothing else has changed but what refers to P.
func checkSet(t *testing.T, before, after []byte) {
	t.Helper()
	old, err := dotenv.UnmarshalBytesWithLookup(before, nil)
	if _, nameless := old[""]; err != nil || nameless { // a last line without "=" and newline is read as a value of nothing
		return
	}
	vars, err := dotenv.UnmarshalBytesWithLookup(after, nil)
	if err != nil {
		t.Fatalf("%q, made of %q: %v", after, before, err)
	}
	old["P"] = "1"
	if !maps.Equal(vars, old) && !bytes.Contains(before, []byte("$")) {
		t.Errorf("%q, made of %q, gives %v, want %v", after, before, vars, old)
	}
	if vars["P"] != "1" {
		t.Errorf("%q, made of %q, gives P=%q", after, before, vars["P"])
	}
}

func FuzzSet(f *testing.F) {
	for _, s := range []string{"", "P=8080", "export P='x' # c\r\n", "A=\"\nP=1\n\"", "P: 'a\\'b'", "P=a # b #c\nP\n", "\ufeffP =x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		checkSet(t, text, Set(text, "P", "1", ""))
		checkSet(t, text, Set(text, "P", "1", "a comment"))
	})
}
