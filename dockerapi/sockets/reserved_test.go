package sockets

import (
	"fmt"
	"testing"
)

func TestParseReserved(t *testing.T) {
	for in, want := range map[string]string{
		"\n": "", "": "", "8080\n": "8080: this machine reserves 8080 (ip_local_reserved_ports)\n",
		"1-2,9148-9150": "1-2: this machine reserves 1-2 (ip_local_reserved_ports)\n9148-9150: this machine reserves 9148-9150 (ip_local_reserved_ports)\n",
		"0,9-8,x,70000": "",
	} {
		got := ""
		for _, reserved := range parseReserved(in) {
			got += fmt.Sprintf("%s: %s\n", reserved.Range, reserved.Why)
		}
		if got != want {
			t.Errorf("%q: %s", in, got)
		}
	}
}
