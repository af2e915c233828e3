package edit

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// Unified is the diff of the changes as `git diff` writes it and `git apply` takes it, with paths as seen from base: for
// git the root of the repository, wherever in it `git apply` runs. Changes that change nothing are left out.
func Unified(changes []Change, base string) []byte {
	var out bytes.Buffer
	for _, c := range changes {
		if c.Created || !bytes.Equal(c.Old, c.New) {
			c.unified(&out, nameFrom(base, c.File))
		}
	}
	return out.Bytes()
}

// unified writes the part of one file. The hunks hold whole lines as they are, whatever their encoding and ends.
func (c Change) unified(out *bytes.Buffer, name string) {
	before, after := quoted("a/"+name), quoted("b/"+name)
	fmt.Fprintf(out, "diff --git %s %s\n", before, after)
	if c.Created {
		before = "/dev/null"
		out.WriteString("new file mode 100644\n")
	}

	if c.Created && len(c.New) == 0 {
		out.WriteString("index 0000000..e69de29\n") // nothing else says that an empty file is meant
	}
	out.WriteString(udiff.Unified(label(before), label(after), string(c.Old), string(c.New)))
}

// nameFrom is a path as seen from base, with slashes; the path itself where nothing leads there.
func nameFrom(base, file string) string {
	name, err := filepath.Rel(base, file)
	if err != nil {
		name = file
	}
	return filepath.ToSlash(name)
}

// label ends a name that has a space with a tab, as git does, so that what follows is not taken for a date.
func label(name string) string {
	if strings.Contains(name, " ") && !strings.HasPrefix(name, `"`) {
		return name + "\t"
	}
	return name
}

// quoted writes a name as git does: as it is, or like a C string when a byte of it is no plain character.
// Source: git's quote.c, cq_must_quote and quote_c_style_counted, with core.quotePath on.
func quoted(name string) string {
	plain := func(c byte) bool { return c >= ' ' && c < 0x7f && c != '"' && c != '\\' }
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		short := strings.IndexByte("\a\b\t\n\v\f\r\"\\", c)
		switch {
		case plain(c):
			b.WriteByte(c)
		case short >= 0:
			b.WriteString(`\` + `abtnvfr"\`[short:short+1])
		default:
			fmt.Fprintf(&b, `\%03o`, c)
		}
	}
	if b.Len() == len(name) {
		return name
	}
	return `"` + b.String() + `"`
}
