package leases

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// FuzzStore reads any store: it never panics, obeys only leases that make sense, and afterwards a new one can be read back.
func FuzzStore(f *testing.F) {
	for _, text := range []string{
		`{"version":1,"leases":[{"first":20001,"last":20002,"dir":"/","key":"A","since":"2026-11-20T09:00:00Z","until":"2026-11-20T10:00:00Z"}],"projects":{"/":"shop"}}`,
		`{"version":2}`, `{"version":1,"leases":[{"first":5,"last":4}]}`, `{"version":1,"projects":{"":""}}`, "[]", "",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		b := storeIn(t.TempDir(), day)
		if err := os.WriteFile(filepath.Join(b.Dir, fileName), text, 0o600); err != nil {
			t.Fatal(err)
		}
		peeked := b.Read().Leases
		frozen := false
		update(t, b, func(p *Tx) {
			if !slices.Equal(peeked, p.Leases) && len(peeked) > 0 {
				t.Errorf("Read returns %v, the store has %v", peeked, p.Leases)
			}
			for _, l := range p.Leases {
				if l.First == 0 || l.Last < l.First || !filepath.IsAbs(l.Dir) {
					t.Errorf("%+v is obeyed", l)
				}
			}
			p.Give(Lease{First: 30001, Last: 30001, Tenant: Tenant{Dir: b.Dir, Project: "fuzz", Key: "K"}})
			frozen = p.frozen
		})
		update(t, b, func(p *Tx) {
			if l, ok := p.Of(b.Dir, "fuzz", "K"); !frozen && (!ok || l.First != 30001) {
				t.Errorf("after %q the store has %+v", text, p.Leases)
			}
		})
	})
}
