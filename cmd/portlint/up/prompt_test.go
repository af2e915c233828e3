package up

import (
	"slices"
	"strings"
	"testing"
)

// TestOfferedMoves: a key that changes nothing is left out and says so, and "the same" is what another key does.
func TestOfferedMoves(t *testing.T) {
	moved, other := []string{"web -> 8081"}, []string{"web -> 8081", "db -> 5433"}
	for _, c := range []struct {
		name        string
		run, kept   []string
		failed      bool // what m would do was not found out
		want        []string
		uselessKeys string
	}{
		{"both", moved, moved, false, []string{"m web -> 8081 for this run", "w the same, kept in .env"}, ""},
		{"w does more", moved, other, false, []string{"m web -> 8081 for this run", "w web -> 8081, db -> 5433, kept in .env"}, ""},
		{"w does nothing", moved, nil, false, []string{"m web -> 8081 for this run"}, "w"},
		{"m does nothing", nil, moved, false, []string{"w web -> 8081, kept in .env"}, "m"},
		{"neither", nil, nil, false, nil, "mw"},
		{"m has failed", nil, moved, true, []string{"w web -> 8081, kept in .env"}, "m"},
		{"m has failed and w does nothing", nil, nil, true, nil, "mw"},
	} {
		o := offer{planned: map[byte]string{}, useless: map[byte]string{}}
		if c.failed {
			o.useless['m'] = "no free port"
		} else {
			o.addMove('m', c.run, nil)
		}
		o.addMove('w', c.kept, []string{".env"})

		var got []string
		for _, choice := range o.choices {
			got = append(got, string(choice.key)+" "+strings.Join(choice.does, " "))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		for _, key := range []byte("mw") {
			if useless := strings.ContainsRune(c.uselessKeys, rune(key)); (o.useless[key] != "") != useless {
				t.Errorf("%s: %c is useless because of %q", c.name, key, o.useless[key])
			}
		}
	}
}
