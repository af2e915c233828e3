package mention

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// longTexts are texts with n places that name a port of this machine, such as no person writes.
var longTexts = map[string]func(n int) string{
	"one line":        func(n int) string { return strings.Repeat("see http://localhost:8080/x ", n) },
	"continued lines": func(n int) string { return strings.Repeat("see http://localhost:8080/x \\\n", n) },
}

// TestLongTexts expects every place of long texts. Looked at again for each place, they would take minutes.
func TestLongTexts(t *testing.T) {
	for name, text := range longTexts {
		const n = 5_000
		if found := findAll("page", []byte(text(n)), addresses); len(found) != n {
			t.Errorf("%s: %d of %d are found", name, len(found), n)
		}
	}
}

// TestCommandTakesWhatFollows expects that a command takes the addresses behind it on its line into a container, wherever on
// the line they stand, and none before it.
func TestCommandTakesWhatFollows(t *testing.T) {
	for text, want := range map[string]int{
		"curl localhost:8001; docker exec web curl localhost:8002 localhost:8003": 1,
		"curl localhost:8001 localhost:8002; ssh host curl localhost:8003":        2,
		"docker exec web sh -c \\\n  curl localhost:8001":                         0,
		"docker ps; curl localhost:8001; ssh x; docker exec y; curl localhost:1":  1,
		"docker run x\ncurl localhost:8001":                                       1,
		"docker docker compose run x curl localhost:8001":                         0,
		"listen = localhost:8001 curl localhost:8002":                             1,
	} {
		if found := findAll("page", []byte(text), addresses); len(found) != want {
			t.Errorf("%q: %d are found, want %d", text, len(found), want)
		}
	}
}

// BenchmarkMentions reads n and 2n addresses, in one line and in lines that continue each other.
func BenchmarkMentions(b *testing.B) {
	for name, text := range longTexts {
		for _, n := range []int{1000, 2000, 4000} {
			page := []byte(text(n))
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if found := findAll("page", page, addresses); len(found) != n {
						b.Fatalf("%d of %d are found", len(found), n)
					}
				}
			})
		}
	}
}

// FuzzMentions searches any text as every kind of file that names ports: each number that is found stands where it is said to stand.
func FuzzMentions(f *testing.F) {
	for _, text := range []string{
		"see http://localhost:8080/x and 127.0.0.1:9090\n", `{"forwardPorts": [8080, "web:80"], "appPort": ["3000:3000"]}`,
		"KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://broker:9092,X://${HOST}:29092", "docker exec web curl localhost:8001", "psql -h localhost -p 5432 \\\n x",
	} {
		f.Add(text)
	}
	names := []string{"readme.md", ".env", "devcontainer.json", "makefile", "vite.config.ts", "package.json", "run.sh", "playwright.config.ts", "nginx.conf"}
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range names {
			for _, m := range findAll(name, []byte(text), kindOf(name).patterns) {
				if m.Span.Start < 0 || m.Span.End > len(text) || m.Span.End < m.Span.Start {
					t.Fatalf("%s: %+v in %d bytes", name, m.Span, len(text))
				}
				if n, err := strconv.Atoi(text[m.Span.Start:m.Span.End]); err != nil || n != int(m.Port) {
					t.Errorf("%s: port %d is %q", name, m.Port, text[m.Span.Start:m.Span.End])
				}
			}
		}
	})
}
