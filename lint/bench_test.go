package lint

import "testing"

// BenchmarkHugeRanges is the worst that people write: tens of thousands of ports in a few items.
func BenchmarkHugeRanges(b *testing.B) {
	p := project(service("a", "1000-30000:1000-30000", "1000-30000:1000-30000/udp"),
		service("b", "1000-30000:1000-30000", "2000-9000:80", "80"), service("c", "33000-60000:33000-60000"))
	for b.Loop() {
		Run([]*Project{p}, Settings{})
	}
}
