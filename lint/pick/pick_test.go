package pick

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/portlint/portlint/lint/ports"
)

func anyPort(uint16) string { return "" }

func TestPickIsTheSameEveryDay(t *testing.T) {
	w := Request{Key: "WEB_PORT"}
	a, _ := (&Picker{Seed: "/src/a"}).Pick(w, anyPort)
	repeated, _ := (&Picker{Seed: "/src/a"}).Pick(w, anyPort)
	b, _ := (&Picker{Seed: "/src/b"}).Pick(w, anyPort)
	c, _ := (&Picker{Seed: "/src/a"}).Pick(Request{Key: "DB_PORT"}, anyPort)
	if a.First != repeated.First {
		t.Errorf("first %d, then %d", a.First, repeated.First)
	}
	if a.First == b.First || a.First == c.First {
		t.Errorf("another checkout gets %d, another key %d, the first %d", b.First, c.First, a.First)
	}
	if a.First != 31860 { // the record may be lost: the answer stays, in later versions too
		t.Errorf("the answer changed to %d", a.First)
	}
}

// TestPickVisitsAll takes every port that a request may be given, and expects each exactly once.
func TestPickVisitsAll(t *testing.T) {
	seen := map[uint16]bool{}
	_, ok := (&Picker{Seed: "/src/a"}).Pick(Request{Key: "k"}, func(port uint16) string {
		if seen[port] || !DefaultRange.Contains(port) || registered[port] {
			t.Errorf("%d", port)
		}
		seen[port] = true
		return "taken"
	})
	if ok {
		t.Error("there is one more")
	}
	if want := DefaultRange.Width() - len(registered); len(seen) != want {
		t.Errorf("%d ports, want %d", len(seen), want)
	}
}

// TestPickSkips holds every exclusion against its reason: the port in question is the only one of the range.
func TestPickSkips(t *testing.T) {
	for _, c := range []struct {
		port     uint16
		excluded Exclusions
		from     bool
		why      string
	}{
		{33000, Exclusions{}, false, "it lies among the ports for outgoing connections, 32768-60999"},
		{20500, Exclusions{Ephemeral: ports.Range{First: 20000, Last: 65535}}, false, "it lies among the ports for outgoing connections, 20000-65535"},
		{10080, Exclusions{}, false, "browsers refuse it"},
		{5000, Exclusions{}, false, "it belongs to AirPlay Receiver on every Mac"},
		{27017, Exclusions{}, false, ""},
		{27017, Exclusions{}, true, ""},
		{20500, Exclusions{Taken: map[uint16]string{20500: "the neighbour has it"}}, false, "the neighbour has it"},
		{20500, Exclusions{Reserved: []Reserved{{ports.Range{First: 20400, Last: 20500}, "Windows keeps 20400-20500 for itself"}}}, false, "Windows keeps 20400-20500 for itself"},
		{20501, Exclusions{Reserved: []Reserved{{ports.Range{First: 20400, Last: 20500}, "Windows keeps 20400-20500 for itself"}}}, false, ""},
	} {
		p := Picker{Exclusions: c.excluded, Seed: "/"}
		p.Within = ports.From(c.port, 1)
		w := Request{Key: "k"}
		if c.from {
			w.From = c.port
		}
		got, ok := p.Pick(w, anyPort)
		if ok != (c.why == "") || ok && got.First != c.port || !ok && (len(got.Skips) != 1 || got.Skips[0] != (Skip{ports.From(c.port, 1), c.why})) {
			t.Errorf("%d: %t %+v, want %q", c.port, ok, got, c.why)
		}
	}
}

// TestPickRegisteredLast gives the registered ports of a chosen range only when the others are gone, and none of the range
// that nobody chose.
func TestPickRegisteredLast(t *testing.T) {
	p := Picker{Exclusions: Exclusions{Within: ports.Range{First: 23399, Last: 23403}}, Seed: "/"}
	var got []uint16
	for range 5 {
		a, ok := p.Pick(Request{Key: "k"}, anyPort)
		if !ok {
			t.Fatalf("%v, then %+v", got, a)
		}
		got = append(got, a.First)
		p.Exclude(ports.From(a.First, 1), "it is taken")
	}
	slices.Sort(got[:2])
	slices.Sort(got[2:])
	if fmt.Sprint(got) != "[23399 23403 23400 23401 23402]" {
		t.Error(got)
	}
	if a, ok := p.Pick(Request{Key: "k"}, anyPort); ok || len(a.Skips) == 0 || a.Skips[0].Why != "it is taken" {
		t.Errorf("%+v", a)
	}
}

func TestPickTries(t *testing.T) {
	p := Picker{Seed: "/src/a"}
	first, _ := p.Pick(Request{Key: "k"}, anyPort)
	got, ok := p.Pick(Request{Key: "k"}, func(port uint16) string {
		if port == first.First {
			return "node has it (pid 4)"
		}
		return ""
	})
	if !ok || got.First == first.First || len(got.Skips) != 1 || got.Skips[0].String() != fmt.Sprintf("%d: node has it (pid 4)", first.First) {
		t.Errorf("%+v", got)
	}
}

func TestPickFrom(t *testing.T) {
	p := Picker{}
	p.Exclude(ports.Range{First: 8080, Last: 8082}, "it is taken")
	p.Exclude(ports.From(8084, 1), "it is taken")
	for _, c := range []struct {
		from  uint16
		width int
		want  uint16
	}{{8079, 1, 8079}, {8080, 1, 8083}, {8080, 2, 8085}, {32768, 1, 61000}, {65535, 2, 1024}, {5000, 1, 5001}} {
		if got, ok := p.Pick(Request{From: c.from, Width: c.width}, anyPort); !ok || got.First != c.want {
			t.Errorf("near %d, %d wide: %d", c.from, c.width, got.First)
		}
	}
	got, _ := p.Pick(Request{From: 8080}, anyPort)
	if len(got.Skips) != 1 || got.Skips[0].String() != "8080-8082: it is taken" {
		t.Errorf("neighbours with one reason are %+v", got.Skips)
	}
}

func TestPickWidth(t *testing.T) {
	p := Picker{Seed: "/src/a"}
	got, ok := p.Pick(Request{Key: "k", Width: 500}, anyPort)
	if !ok || !DefaultRange.Covers(ports.From(got.First, 500)) {
		t.Fatalf("%+v", got)
	}
	for port := range registered {
		if ports.From(got.First, 500).Contains(port) {
			t.Errorf("%d among %d-%d", port, got.First, got.First+499)
		}
	}
	if _, ok := p.Pick(Request{Key: "k", Width: 12769}, anyPort); ok {
		t.Error("more than there are")
	}
}

// TestStride visits every place, however many there are.
func TestStride(t *testing.T) {
	for _, n := range []int{1, 2, 96, 97, 98, 97 * 98, 12768} {
		seen := map[int]bool{}
		for i := range n {
			seen[i*stride(n)%n] = true
		}
		if len(seen) != n {
			t.Errorf("%d of %d", len(seen), n)
		}
	}
}

func TestBrowserBlockedIsComplete(t *testing.T) {
	if n := len(browserBlocked); n != 82 {
		t.Errorf("the list has %d ports", n)
	}
}

// TestWideRequest: of ports in a row as wide as those of voice servers the first free place is found, and what was passed over is said.
func TestWideRequest(t *testing.T) {
	p := Picker{Exclusions: Exclusions{Ephemeral: ports.Single(1), Taken: map[uint16]string{}}}
	for port := 11000; port <= 40000; port += 1000 {
		p.Taken[uint16(port)] = "somebody has it"
	}

	tried := 0
	got, ok := p.Pick(Request{From: 10100, Width: 16384}, func(uint16) string {
		tried++
		if tried < 3 {
			return "it is held"
		}
		return ""
	})
	if !ok || got.First != 40003 || tried != 3 {
		t.Errorf("%d, %t after %d tries", got.First, ok, tried)
	}
	last := got.Skips[len(got.Skips)-1]
	if len(got.Skips) != 31 || got.Skips[0].String() != "11000: somebody has it" || last.String() != "40001-40002: it is held" {
		t.Errorf("%d skips: %v", len(got.Skips), got.Skips)
	}
}

// TestRowIsEachPortAsked: what a row remembers is what is said of each port alone, in whatever order places are looked at.
func TestRowIsEachPortAsked(t *testing.T) {
	at := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		p := &Picker{Exclusions: Exclusions{Taken: map[uint16]string{}}}
		for range at.IntN(6) {
			p.Taken[uint16(20000+at.IntN(60))] = "somebody has it"
		}
		width, remembered := 1+at.IntN(8), row{picker: p, unregistered: at.IntN(2) == 0}

		for first, looks := 20100, 0; looks < 60; looks++ {
			if first++; at.IntN(3) == 0 {
				first = 20000 + at.IntN(60)
			}
			wantPort, wantWhy := 0, ""
			for port := first; port < first+width && wantWhy == ""; port++ {
				if wantWhy = p.reason(uint16(port), remembered.unregistered); wantWhy != "" {
					wantPort = port
				}
			}
			if port, why := remembered.reason(first, width); int(port) != wantPort || why != wantWhy {
				t.Fatalf("%d ports from %d: %d %q, each alone: %d %q", width, first, port, why, wantPort, wantWhy)
			}
		}
	}
}
