package refusal

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const refusedLine = "Error response from daemon: Bind for 0.0.0.0:8080 failed: port is already allocated"

// TestOutput: a refusal is found wherever it stands in what Compose prints, and whatever containers print around it.
func TestOutput(t *testing.T) {
	logs := strings.Repeat("\x1b[36mweb-1  | \x1b[0mGET / listen tcp :80: bind: address already in use\n", 20_000)
	for name, text := range map[string]string{
		"alone":                                 refusedLine,
		"at the end of a line":                  refusedLine + "\n",
		"before much output":                    refusedLine + "\n" + logs,
		"behind much output":                    logs + refusedLine,
		"in the middle":                         logs + refusedLine + "\r\n" + logs,
		"broken into lines":                     strings.ReplaceAll(refusedLine, " ", "\n  "),
		"behind a line without end":             strings.Repeat("x", 5*mostLine) + "\n" + refusedLine,
		"behind a container's line without end": "web-1  | " + strings.Repeat("x", 5*mostLine) + "\n" + refusedLine,
	} {
		o := &Output{}
		if _, err := io.Copy(o, iotest.HalfReader(strings.NewReader(text))); err != nil {
			t.Fatal(err)
		}
		if got := o.AnyRefusals(); len(got) != 1 || short(got[0]) != "allocated engine 0.0.0.0 8080" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestOutputIsBounded: what never ends takes no more memory than what is kept.
func TestOutputIsBounded(t *testing.T) {
	o := &Output{}
	for _, chunk := range []string{strings.Repeat("x", 1<<16), strings.Repeat(" Container a Started\n", 3000), "web-1  | " + strings.Repeat("y", 1<<16)} {
		for range 200 {
			fmt.Fprint(o, chunk)
		}
		if size := cap(o.text) + cap(o.line); size > 6*mostOutput {
			t.Errorf("%d bytes are kept", size)
		}
	}
}

// BenchmarkOutput: twice as much text takes twice as long.
func BenchmarkOutput(b *testing.B) {
	for _, n := range []int{5_000, 10_000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			text := strings.Repeat(" Container shop-web-1 Started\n", n) + refusedLine
			b.ReportAllocs()
			for b.Loop() {
				o := &Output{}
				io.WriteString(o, text)
				if len(o.AnyRefusals()) != 1 {
					b.Fatal("no refusal")
				}
			}
		})
	}
}
