package lint

import (
	"reflect"
	"testing"
)

func TestNearest(t *testing.T) {
	known := []string{"duplicate-port", "fixed-port", "reserved-port", "check"}
	for name, want := range map[string][]string{
		"duplicate-ports": {"duplicate-port"},
		"Fixed-Port":      {"fixed-port"},
		"chekc":           {"check"},
		"port":            {"duplicate-port", "fixed-port", "reserved-port"},
		"zzzzz":           nil,
		"":                nil,
	} {
		if got := Nearest(name, known); !reflect.DeepEqual(got, want) {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}
