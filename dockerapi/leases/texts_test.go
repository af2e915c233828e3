package leases

import (
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// textsOf are the leases of texts that a later run of portlint reads.
func textsOf(t *testing.T, b Store) []TextLease {
	t.Helper()
	var all []TextLease
	if warning := update(t, b, func(p *Tx) { all = append(all, p.Texts...) }); warning != nil {
		t.Fatal(warning)
	}
	return all
}

// webName is what a project of a directory was given for WEB_NAME.
func webName(dir, value string) TextLease {
	return TextLease{Value: value, Texts: []Text{{"container", value}}, Tenant: Tenant{Dir: dir, Project: "shop", Files: "compose.yaml", Key: "WEB_NAME"}}
}

// TestGiveText: a lease stays as it is written, one of the same directory, project and key takes its place, and any other stands beside it.
func TestGiveText(t *testing.T) {
	state, dir := t.TempDir(), t.TempDir()
	update(t, storeIn(state, day), func(p *Tx) { p.GiveText(webName(dir, "shop-web")) })
	later := storeIn(state, day.Add(time.Hour))
	update(t, later, func(p *Tx) { p.GiveText(webName(dir, "shop-web")) })
	all := textsOf(t, later)
	if len(all) != 1 || !all[0].Since.Equal(day) || all[0].Value != "shop-web" || !slices.Equal(all[0].Texts, []Text{{"container", "shop-web"}}) {
		t.Fatalf("%+v", all)
	}

	other, subnet := webName(dir, "shop-web-b"), webName(dir, "10.5.0")
	other.Project = "shop-b"
	subnet.Key, subnet.Texts = "SUBNET", []Text{{"subnet", "10.5.0.0/24"}, {"subnet", "10.5.1.0/24"}}
	update(t, later, func(p *Tx) {
		p.GiveText(webName(dir, "shop-web-2"))
		p.GiveText(other)
		p.GiveText(subnet)
		if l, ok := p.TextOf(dir, "shop", "WEB_NAME"); !ok || l.Value != "shop-web-2" || !l.Since.Equal(later.Now()) {
			t.Errorf("%+v", l)
		}
	})
	if all := textsOf(t, later); len(all) != 3 {
		t.Errorf("%+v", all)
	}
}

// TestGiveTextFor: a lease with an end is there until then. One without an end gets none by that, but with another value, and one that is
// given without an end loses it.
func TestGiveTextFor(t *testing.T) {
	state, dir := t.TempDir(), t.TempDir()
	at := func(after time.Duration) Store { return storeIn(state, day.Add(after)) }
	values := func(after time.Duration) (all []string) {
		for _, l := range at(after).Read().Texts {
			all = append(all, l.Value)
		}
		return all
	}

	update(t, at(0), func(p *Tx) { p.GiveTextFor(webName(dir, "a"), time.Hour) })
	update(t, at(30*time.Minute), func(p *Tx) { p.GiveTextFor(webName(dir, "a"), time.Hour) })
	if !slices.Equal(values(89*time.Minute), []string{"a"}) || values(90*time.Minute) != nil {
		t.Errorf("%v, then %v", values(89*time.Minute), values(90*time.Minute))
	}

	update(t, at(0), func(p *Tx) { p.GiveText(webName(dir, "a")) })
	update(t, at(0), func(p *Tx) { p.GiveTextFor(webName(dir, "a"), time.Hour) })
	if !slices.Equal(values(1000*time.Hour), []string{"a"}) {
		t.Errorf("%v", values(1000*time.Hour))
	}
	update(t, at(0), func(p *Tx) { p.GiveTextFor(webName(dir, "b"), time.Hour) })
	if !slices.Equal(values(0), []string{"b"}) || values(time.Hour) != nil {
		t.Errorf("%v, then %v", values(0), values(time.Hour))
	}
	update(t, at(0), func(p *Tx) { p.GiveTextFor(webName(dir, "b"), 1000*time.Hour) }) // by a clock that was wrong
	if values(0) != nil {
		t.Errorf("%v", values(0))
	}
	update(t, at(0), func(p *Tx) { p.GiveText(webName(filepath.Join(dir, "gone"), "c")) })
	if values(0) != nil {
		t.Errorf("%v, of a directory that is gone", values(0))
	}
}

// TestAdoptText: what the same files were given under another name of the project becomes the project's own.
func TestAdoptText(t *testing.T) {
	state, dir := t.TempDir(), t.TempDir()
	nobody := func(string) bool { return false }
	for _, c := range []struct {
		name   string
		change func(*TextLease)
		beside func(string) bool
		want   bool
	}{
		{"of another name", func(*TextLease) {}, nobody, true},
		{"of other files", func(l *TextLease) { l.Files = "other.yaml" }, nobody, false},
		{"that a command named", func(l *TextLease) { l.Named = true }, nobody, false},
		{"of a project that is beside", func(*TextLease) {}, func(name string) bool { return name == "shop" }, false},
		{"of another directory", func(l *TextLease) { l.Dir = state }, nobody, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := storeIn(t.TempDir(), day)
			l := webName(dir, "a")
			c.change(&l)
			update(t, b, func(p *Tx) { p.GiveText(l) })
			update(t, b, func(p *Tx) {
				got, ok := p.AdoptText(dir, "new", "compose.yaml", "WEB_NAME", c.beside)
				if ok != c.want || ok && (got.Project != "new" || got.Value != "a") {
					t.Errorf("%t %+v", ok, got)
				}
			})
			if all := textsOf(t, b); len(all) != 1 || (all[0].Project == "new") != c.want {
				t.Errorf("%+v", all)
			}
		})
	}
}

// TestRekeyText: a variable takes over what the text had in whose place it stands, unless it has something already.
func TestRekeyText(t *testing.T) {
	dir := t.TempDir()
	const path = "services.web.container_name"
	plain := webName(dir, "a")
	plain.Key = path
	for _, has := range []bool{false, true} {
		b := storeIn(t.TempDir(), day)
		update(t, b, func(p *Tx) {
			p.GiveText(plain)
			if has {
				p.GiveText(webName(dir, "b"))
			}
			p.RekeyText(dir, "shop", path, "WEB_NAME")
			l, ok := p.TextOf(dir, "shop", "WEB_NAME")
			_, old := p.TextOf(dir, "shop", path)
			if want := map[bool]string{false: "a", true: "b"}[has]; !ok || l.Value != want || old != has {
				t.Errorf("%t: %+v, %t", has, l, old)
			}
		})
	}
}

// TestRetainTexts: what the same files of a project no longer ask for goes, with or without an end.
func TestRetainTexts(t *testing.T) {
	b, dir := storeIn(t.TempDir(), day), t.TempDir()
	ends, other := webName(dir, "b"), webName(dir, "c")
	ends.Key, other.Key, other.Files = "DB_NAME", "OTHER_NAME", "other.yaml"
	update(t, b, func(p *Tx) {
		p.GiveText(webName(dir, "a"))
		p.GiveTextFor(ends, time.Hour)
		p.GiveText(other)
		p.GiveFor(Lease{First: 20001, Last: 20001, Tenant: Tenant{Dir: dir, Project: "shop", Files: "compose.yaml", Key: "DB_PORT"}}, time.Hour)
		p.GiveFor(Lease{First: 20002, Last: 20002, Tenant: Tenant{Dir: dir, Project: "shop", Files: "compose.yaml"}}, time.Hour) // of `free`
		gone := p.Retain(dir, "shop", "compose.yaml", func(key string) bool { return key == "WEB_NAME" })
		if !slices.Equal(gone, []string{"DB_PORT", "DB_NAME"}) {
			t.Errorf("%v", gone)
		}
	})
	if all := textsOf(t, b); len(all) != 2 || len(leasesOf(t, b)) != 1 {
		t.Errorf("%+v", all)
	}
}
