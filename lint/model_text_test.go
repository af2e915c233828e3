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

func TestAndList(t *testing.T) {
	for want, list := range map[string][]string{
		"": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"},
		"1, 2, 3, 4, 5, 6, 7 and 8": {"1", "2", "3", "4", "5", "6", "7", "8"},
	} {
		if got := AndList(list); got != want {
			t.Errorf("%q is %q, want %q", list, got, want)
		}
	}
	if got := listed([]string{"1", "2", "3", "4", "5", "6", "7", "8"}); got != "1, 2, 3, 4, 5 and 3 more" {
		t.Error(got)
	}
}
