//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkEngineUp measures what portlint costs: the same `up -d` of ten services with Compose alone and with portlint, in
// turns, of a project that is down and of one that is up. The medians are in milliseconds.
func BenchmarkEngineUp(b *testing.B) {
	for _, e := range listEngines(b) {
		b.Run(e.name, func(b *testing.B) {
			var text strings.Builder
			text.WriteString("services:\n")
			for i, port := range unusedPorts(10) {
				fmt.Fprintf(&text, "  s%d: {image: i, ports: [\"%d:80\"]}\n", i, port)
			}
			s := newStarter(b, e, "bench", text.String())
			took := map[string][]time.Duration{}
			measure := func(kind, program string) {
				began := time.Now()
				if got := s.run(program, "up", "-d"); got.code != 0 {
					b.Fatalf("%+v", got)
				}
				took[program+"-"+kind] = append(took[program+"-"+kind], time.Since(began))
			}
			for b.Loop() {
				for _, program := range []string{"docker-compose", "portlint"} {
					measure("down", program)
					for range 5 {
						measure("up", "docker-compose")
						measure("up", "portlint")
					}
					s.compose("down", "-t", "0")
				}
			}
			for name, all := range took {
				slices.Sort(all)
				b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, name+"-ms")
			}
		})
	}
}
