package leases

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

var day = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func storeIn(dir string, now time.Time) Store {
	return Store{Dir: dir, Now: func() time.Time { return now }}
}

func update(t *testing.T, b Store, change func(*Tx)) (warning error) {
	t.Helper()
	warning, err := b.Update(context.Background(), func(p *Tx) error { change(p); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return warning
}

func leasesOf(t *testing.T, b Store) []Lease {
	t.Helper()
	var all []Lease
	if warning := update(t, b, func(p *Tx) { all = append(all, p.Leases...) }); warning != nil {
		t.Fatal(warning)
	}
	return all
}

func TestGive(t *testing.T) {
	state, dir := filepath.Join(t.TempDir(), "state", "portlint"), t.TempDir()
	b := storeIn(state, day)
	update(t, b, func(p *Tx) {
		p.Give(Lease{First: 21000, Last: 21000, Tenant: Tenant{Dir: dir, Project: "shop", Key: "WEB_PORT"}})
		p.Give(Lease{First: 20500, Last: 20509, Tenant: Tenant{Dir: dir, Project: "shop", Key: "POOL"}})
	})
	later := storeIn(state, day.AddDate(1, 0, 0))
	update(t, later, func(p *Tx) {
		l, ok := p.Of(dir, "shop", "WEB_PORT")
		if !ok || l.First != 21000 || !l.Since.Equal(day) {
			t.Errorf("a year later %+v %t", l, ok)
		}
		p.Give(l) // the same
		p.Give(Lease{First: 20510, Last: 20510, Tenant: Tenant{Dir: dir, Project: "shop", Key: "POOL"}})
	})
	all := leasesOf(t, later)
	if len(all) != 2 || all[0].First != 20510 || !all[0].Since.Equal(day.AddDate(1, 0, 0)) || !all[1].Since.Equal(day) {
		t.Errorf("%+v", all)
	}
	info, err := os.Stat(filepath.Join(state, fileName))
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

func TestLeasesEnd(t *testing.T) {
	state, dir := t.TempDir(), t.TempDir()
	gone := filepath.Join(dir, "gone")
	if err := os.Mkdir(gone, 0o755); err != nil {
		t.Fatal(err)
	}
	update(t, storeIn(state, day), func(p *Tx) {
		p.GiveFor(Lease{First: 20001, Last: 20001, Tenant: Tenant{Dir: dir}}, time.Minute)
		p.GiveFor(Lease{First: 20002, Last: 20002, Tenant: Tenant{Dir: dir}}, time.Minute)
		p.Give(Lease{First: 20003, Last: 20003, Tenant: Tenant{Dir: gone, Key: "A"}})
		p.Name(gone, "old")
		p.Name(dir, "shop")
		p.Give(Lease{First: 20004, Last: 20004, Tenant: Tenant{Dir: dir, Key: "A"}})
		p.Give(Lease{First: 20005, Last: 20005, Tenant: Tenant{Dir: dir, Key: "B"}})
	})
	if n := len(leasesOf(t, storeIn(state, day.Add(59*time.Second)))); n != 5 {
		t.Errorf("%d before the minute is over", n)
	}
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	if n := len(leasesOf(t, storeIn(state, day.Add(time.Minute)))); n != 2 {
		t.Errorf("%d after it", n)
	}
	if n := len(leasesOf(t, storeIn(state, day.AddDate(-1, 0, 0)))); n != 2 {
		t.Errorf("%d when the clock went back a year: a short lease must not last that long", n)
	}
	update(t, storeIn(state, day), func(p *Tx) {
		if len(p.Projects) != 1 || p.Projects[dir] != "shop" {
			t.Errorf("%v", p.Projects)
		}
	})
	update(t, storeIn(state, day), func(p *Tx) { p.Retain(dir, "", "", func(key string) bool { return key == "B" }) })
	if all := leasesOf(t, storeIn(state, day)); len(all) != 1 || all[0].Key != "B" {
		t.Errorf("%+v", all)
	}
}

// TestProjectsOfADirectory keeps two projects of one directory apart, and what several files of one project ask for.
func TestProjectsOfADirectory(t *testing.T) {
	state, dir := t.TempDir(), t.TempDir()
	give := func(project, files, key string, port uint16) func(*Tx) {
		return func(p *Tx) {
			p.Give(Lease{First: port, Last: port, Tenant: Tenant{Dir: dir, Project: project, Files: files, Key: key}})
		}
	}
	for _, change := range []func(*Tx){
		give("one", "compose.yaml", "a/80", 20001), func(p *Tx) {
			p.Rekey(dir, "one", "", "A")
			p.Rekey(dir, "one", "a/80", "A")
			p.Give(Lease{First: 20009, Last: 20009, Tenant: Tenant{Dir: dir, Project: "one", Files: "compose.yaml", Key: "a/80"}})
			p.Rekey(dir, "one", "a/80", "A") // which has one
			p.Retain(dir, "one", "compose.yaml", func(key string) bool { return key == "A" })
		},
		give("two", "compose.yaml", "A", 20002), give("one", "test.yaml", "T", 20003),
		func(p *Tx) {
			if gone := p.Retain(dir, "one", "test.yaml", func(string) bool { return false }); fmt.Sprint(gone) != "[T]" {
				t.Errorf("%q", gone)
			}
		},
		func(p *Tx) {
			p.Give(Lease{First: 20004, Last: 20004, Tenant: Tenant{Dir: dir, Project: "named", Files: "compose.yaml", Key: "B", Named: true}})
			p.Give(Lease{First: 20005, Last: 20005, Tenant: Tenant{Dir: dir, Project: "one", Files: "test.yaml", Key: "C"}})
			for key, want := range map[string]uint16{"A": 20001, "B": 0, "C": 0, "": 0} {
				if l, ok := p.Adopt(dir, "uno", "compose.yaml", key, func(project string) bool { return project == "two" }); l.First != want || ok != (want != 0) {
					t.Errorf("%q: %+v, want %d", key, l, want)
				}
			}
		},
	} {
		update(t, storeIn(state, day), change)
	}
	var got []string
	for _, l := range leasesOf(t, storeIn(state, day)) {
		got = append(got, fmt.Sprint(l.First, l.Project, l.Files, l.Key))
	}
	if want := "[20001unocompose.yamlA 20002twocompose.yamlA 20004namedcompose.yamlB 20005onetest.yamlC]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestNothingIsWrittenOnError(t *testing.T) {
	state, failed := t.TempDir(), errors.New("no")
	_, err := storeIn(state, day).Update(context.Background(), func(p *Tx) error {
		p.Give(Lease{First: 1, Last: 1, Tenant: Tenant{Dir: state}})
		return failed
	})
	if !errors.Is(err, failed) || len(leasesOf(t, storeIn(state, day))) != 0 {
		t.Error(err)
	}
}

func TestBroken(t *testing.T) {
	for _, text := range []string{"", "{", "[]", `{"version":1,"leases":[{"first":5,"last":4,"dir":"/"}]}`, `{"version":0}`, "\x00"} {
		state := t.TempDir()
		if err := os.WriteFile(filepath.Join(state, fileName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		warning := update(t, storeIn(state, day), func(p *Tx) { p.Give(Lease{First: 20001, Last: 20001, Tenant: Tenant{Dir: state, Key: "A"}}) })
		var broken *BrokenError
		if !errors.As(warning, &broken) || !strings.Contains(warning.Error(), "the record of assigned ports was broken") {
			t.Errorf("%q: %v", text, warning)
			continue
		}
		if current, err := os.ReadFile(broken.File); err != nil || string(current) != text {
			t.Errorf("%q: %q %v", text, current, err)
		}
		if all := leasesOf(t, storeIn(state, day)); len(all) != 1 {
			t.Errorf("%q: %+v", text, all)
		}
	}
}

func TestLaterVersionStays(t *testing.T) {
	state, text := t.TempDir(), `{"version":2,"pages":{}}`
	file := filepath.Join(state, fileName)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	warning := update(t, storeIn(state, day), func(p *Tx) { p.Give(Lease{First: 20001, Last: 20001, Tenant: Tenant{Dir: state, Key: "A"}}) })
	if warning == nil || !strings.Contains(warning.Error(), "a later portlint wrote") {
		t.Error(warning)
	}
	if now, err := os.ReadFile(file); err != nil || string(now) != text {
		t.Errorf("%q %v", now, err)
	}
}

// TestNoPlace goes on without a store and says what that means.
func TestNoPlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"", filepath.Join(file, "below")} {
		called := false
		warning := update(t, storeIn(dir, day), func(*Tx) { called = true })
		var unavailable *UnavailableError
		if !called || !errors.As(warning, &unavailable) || !strings.Contains(warning.Error(), "may be given the same port") {
			t.Errorf("%q: %v", dir, warning)
		}
	}
}

func TestReadOnly(t *testing.T) {
	state := t.TempDir()
	update(t, storeIn(state, day), func(p *Tx) { p.Give(Lease{First: 20001, Last: 20001, Tenant: Tenant{Dir: state, Key: "A"}}) })
	if err := os.Chmod(state, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(state, 0o700) })
	if f, err := os.Create(filepath.Join(state, "x")); err == nil {
		_ = f.Close()
		t.Skip("this user may write everywhere")
	}
	known := 0
	warning := update(t, storeIn(state, day), func(p *Tx) {
		known = len(p.Leases)
		p.Give(Lease{First: 20002, Last: 20002, Tenant: Tenant{Dir: state, Key: "B"}})
	})
	var unavailable *UnavailableError
	if !errors.As(warning, &unavailable) || known != 1 {
		t.Errorf("%d leases known, %v", known, warning)
	}
}

func TestWaiting(t *testing.T) {
	b := storeIn(t.TempDir(), day)
	b.wait = 20 * time.Millisecond
	update(t, b, func(*Tx) {
		_, err := b.Update(context.Background(), func(*Tx) error { t.Error("two at once"); return nil })
		if err == nil || !strings.Contains(err.Error(), "another portlint holds the record of assigned ports") {
			t.Error(err)
		}
		stopped, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := b.Update(stopped, nil); err == nil || !strings.Contains(err.Error(), "stopped") {
			t.Error(err)
		}
	})
}

// TestManyAtOnce lets 64 writers take the lowest port that nobody has.
func TestManyAtOnce(t *testing.T) {
	state := t.TempDir()
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			_, err := storeIn(state, day).Update(context.Background(), func(p *Tx) error {
				p.GiveFor(Lease{First: uint16(20000 + len(p.Leases)), Last: uint16(20000 + len(p.Leases)), Tenant: Tenant{Dir: state}}, time.Minute)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	handedOut := map[uint16]bool{}
	for _, l := range leasesOf(t, storeIn(state, day)) {
		handedOut[l.First] = true
	}
	if len(handedOut) != 64 {
		t.Errorf("%d ports for 64", len(handedOut))
	}
}

// TestStandstill: who waits gives up when the store has stood still for all looks in a row, and not before.
func TestStandstill(t *testing.T) {
	at := func(n int64) stamp { return stamp{time.Unix(n, 0), 100} }
	still := standstill{last: at(0)}
	for i := range int64(3 * looks) {
		if still.over(at(i / (looks - 1))) {
			t.Fatalf("over at look %d, while others write", i)
		}
	}
	for i := range looks - 1 {
		if still.over(at(99)) {
			t.Fatalf("over after %d looks at the same store", i)
		}
	}
	still.over(at(99))
	if !still.over(at(99)) {
		t.Error("not over after all looks")
	}
}

// TestNameFor: the name of a project that was only printed is its checkout's for a while, and one that was written for as long as the
// directory is there. One without an end gets none by being printed once more.
func TestNameFor(t *testing.T) {
	state, dir := t.TempDir(), t.TempDir()
	at := func(after time.Duration) Store { return storeIn(state, day.Add(after)) }
	name := func(after time.Duration) string { return at(after).Read().Projects[dir] }

	update(t, at(0), func(p *Tx) { p.NameFor(dir, "shop-b", time.Hour) })
	if name(59*time.Minute) != "shop-b" || name(time.Hour) != "" {
		t.Errorf("%q, then %q", name(59*time.Minute), name(time.Hour))
	}
	update(t, at(30*time.Minute), func(p *Tx) { p.NameFor(dir, "shop-b", time.Hour) })
	if name(89*time.Minute) != "shop-b" {
		t.Error("a name that was printed once more is not the checkout's for as long again")
	}
	update(t, at(2*time.Hour), func(p *Tx) {
		if len(p.Projects) != 0 {
			t.Errorf("%v", p.Projects)
		}
		p.Name(dir, "shop-b")
	})
	update(t, at(3*time.Hour), func(p *Tx) { p.NameFor(dir, "shop-b", time.Hour) })
	if name(1000*time.Hour) != "shop-b" {
		t.Error("a name that was written has ended")
	}
	update(t, at(4*time.Hour), func(p *Tx) { p.NameFor(dir, "shop-c", time.Hour) })
	update(t, at(4*time.Hour), func(p *Tx) { p.Name(dir, "shop-c") })
	if name(1000*time.Hour) != "shop-c" {
		t.Error("a name that was printed and then written has ended")
	}
	update(t, at(5*time.Hour), func(p *Tx) { p.NameFor(dir, "shop-d", 1000*time.Hour) }) // by a clock that was wrong
	if name(5*time.Hour) != "" {
		t.Error("a name has an end that is too far away")
	}
}
