package compose

import "testing"

// TestRedact wants the name of a variable in the place of its value and of each of its words, and all else as it is.
func TestRedact(t *testing.T) {
	s := secrets{
		hidden: []secret{newSecret("Zq7hT0kenXw9Lm", "${TOKEN}"), newSecret("ab1:no:web:hunter2", "${PAIR}"), newSecret("xy", "${X}")},
		open:   "services: {web: {image: nginx}}",
	}
	for _, c := range []struct{ reason, want string }{
		{"invalid proto: Zq7hT0kenXw9Lm", "invalid proto: ${TOKEN}"},
		{"invalid proto: zq7ht0kenxw9lm", "invalid proto: ${TOKEN}"},
		{`a part: "T0kenXw9" of it`, `a part: "${TOKEN}" of it`},
		{"invalid proto: xy", "invalid proto: ${X}"},
		{`invalid hostPort: "ab1"`, `invalid hostPort: "${PAIR}"`},
		{"80/ab1", "80/${PAIR}"},
		{`"ab1","ab1"`, `"${PAIR}","${PAIR}"`},
		{`there is no service "web"`, `there is no service "web"`},
		{"services.web has no image", "services.web has no image"},
		{"invalid boolean: no", "invalid boolean: ${PAIR}"},
	} {
		if got := s.redact(c.reason); got != c.want {
			t.Errorf("%s: %s, want %s", c.reason, got, c.want)
		}
	}
}
