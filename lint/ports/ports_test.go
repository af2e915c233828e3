package ports

import (
	"fmt"
	"slices"
	"testing"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"8080":        "8080",
		"8080-8090":   "8080-8090",
		"8080-8080":   "8080",
		"1-65535":     "1-65535",
		"0":           "",
		"0-0":         "",
		"":            `error: "" is not a port from 0 to 65535`,
		"-":           `error: "-" is not a port from 0 to 65535`,
		"8080-":       `error: "8080-" is not a port from 0 to 65535`,
		"-8080":       `error: "-8080" is not a port from 0 to 65535`,
		"65536":       `error: "65536" is not a port from 0 to 65535`,
		"80-65536":    `error: "65536" is not a port from 0 to 65535`,
		"http":        `error: "http" is not a port from 0 to 65535`,
		"+80":         `error: "+80" is not a port from 0 to 65535`,
		"8090-8080":   `error: the range "8090-8080" does not go up from a port above 0`,
		"0-80":        `error: the range "0-80" does not go up from a port above 0`,
		"80-81-82":    `error: "81-82" is not a port from 0 to 65535`,
		"8080 - 8090": `error: "8080 " is not a port from 0 to 65535`,
	} {
		r, err := Parse(text)
		got := r.String()
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// TestContains compares the predicates with the ports themselves, one by one.
func TestContains(t *testing.T) {
	some := []Range{{}, {1, 1}, {1, 3}, {2, 2}, {2, 5}, {4, 4}, {65534, 65535}, {65535, 65535}}
	for _, a := range some {
		all := slices.Collect(a.All())
		if len(all) != a.Width() {
			t.Errorf("%+v has width %d and holds %v", a, a.Width(), all)
		}
		for _, port := range []uint16{0, 1, 2, 3, 4, 5, 65534, 65535} {
			if a.Contains(port) != slices.Contains(all, port) {
				t.Errorf("%+v, which holds %v, contains %d: %t", a, all, port, a.Contains(port))
			}
		}

		for _, b := range some {
			var common []uint16
			for port := range b.All() {
				if slices.Contains(all, port) {
					common = append(common, port)
				}
			}
			if a.Overlaps(b) != (len(common) > 0) || !slices.Equal(slices.Collect(a.Common(b).All()), common) {
				t.Errorf("%+v and %+v: %t, %+v, want %v", a, b, a.Overlaps(b), a.Common(b), common)
			}
			if b.Known() && a.Covers(b) != (len(common) == b.Width()) {
				t.Errorf("%+v covers %+v: %t", a, b, a.Covers(b))
			}
		}
	}
}

func TestFrom(t *testing.T) {
	if got := fmt.Sprint(From(80, 1), From(80, 3), From(80, 0), Single(443)); got != "80 80-82 80 443" {
		t.Error(got)
	}
}

func TestRuns(t *testing.T) {
	if got := fmt.Sprint(Runs([]uint16{80, 81, 82, 443, 65534, 65535})); got != "[80-82 443 65534-65535]" {
		t.Error(got)
	}
	if got := Runs(nil); len(got) != 0 {
		t.Error(got)
	}
}
