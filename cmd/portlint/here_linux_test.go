package main

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// TestProjectHereIsReadOnce: who and explain read the project of the directory once, whatever they need it for.
func TestProjectHereIsReadOnce(t *testing.T) {
	held := make([]int, 3)
	for i := range held {
		l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", unusedPorts(1)[0]))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		held[i] = l.Addr().(*net.TCPAddr).Port
	}
	dir := repositoryOf(t, map[string]string{"p00/compose.yaml": fmt.Sprintf(`name: shop
services:
  web: {image: a, ports: ["127.0.0.1:%d:80"]}
  api: {image: a, ports: ["127.0.0.1:%d:80"]}
  db: {image: a, ports: ["127.0.0.1:%d:80"], networks: [back]}
networks:
  back: {ipam: {config: [{subnet: 10.5.0.0/24}]}}
`, held[0], held[1], held[2])})

	node := func(port int) string {
		return fmt.Sprintf("Error: listen EADDRINUSE: address already in use 127.0.0.1:%d\n", port)
	}
	engine := func(port int) string {
		return fmt.Sprintf("Bind for 127.0.0.1:%d failed: port is already allocated\n", port)
	}
	subnet := "failed to create network shop_back: Error response from daemon: Pool overlaps with other one on this address space\n"
	words := [][]string{
		{"who", fmt.Sprint(held[0])}, {"who", "web", "api", fmt.Sprint(held[2])},
		{"explain", node(held[0])}, {"explain", node(held[0]) + node(held[1]) + node(held[2])},
		{"explain", engine(held[0]) + engine(held[1]) + subnet + node(held[2])},
		{"explain", "Error: That port is already in use.\n" + subnet + engine(held[0])},
	}
	const once = 2 // the project, and that file among those in which other projects of the repository may stand
	for _, words := range words {
		var r result
		opened := openedBy(t, dir, 1, func() { r = portlint(t, filepath.Join(dir, "p00"), words...) })["p00/compose.yaml"]
		if opened != once {
			t.Errorf("portlint %q opens the project's file %d times, expected %d", words, opened, once)
		}
		if !strings.Contains(r.stdout, "or move: ") {
			t.Errorf("portlint %q says nothing of other ports:\n%s%s", words, r.stdout, r.stderr)
		}
	}
}

// TestProjectHereThatCannotBeRead: who and explain say so in one line, and answer all the rest.
func TestProjectHereThatCannotBeRead(t *testing.T) {
	l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", unusedPorts(1)[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	text := fmt.Sprintf("Error: listen EADDRINUSE: address already in use 127.0.0.1:%d", port)

	for what, c := range map[string]struct{ file, content, says string }{
		"no project":       {"x.txt", "", ""},
		"no YAML":          {"compose.yaml", "services: {web: [\n", "not checked: the project here: compose.yaml:"},
		"no such include":  {"compose.yaml", "include: [nowhere.yaml]\n", "not checked: the project here: "},
		"an empty file":    {"compose.yaml", "", "not checked: the project here: compose.yaml:1: docker compose refuses this project: empty compose file"},
		"another project":  {"compose.yaml", "services: {web: {image: a, ports: [\"81:80\"]}}\n", ""},
		"two of one group": {"compose.yaml", "- services\n", "not checked: the project here: "},
	} {
		dir := t.TempDir()
		testdir.Write(t, filepath.Join(dir, c.file), c.content)
		for _, words := range [][]string{{"who", fmt.Sprint(port)}, {"explain", text}} {
			r := portlint(t, dir, words...)
			if !strings.Contains(r.stdout, fmt.Sprintf("%d/tcp is taken by ", port)) || !strings.Contains(r.stdout, "\n  listening at 127.0.0.1:") {
				t.Errorf("%s, portlint %q does not say who has the port:\n%s%s", what, words, r.stdout, r.stderr)
			}
			if said := strings.Count(r.stdout, "not checked: the project here: "); c.says == "" && said != 0 || c.says != "" && said != 1 {
				t.Errorf("%s, portlint %q says %d times that the project can't be read:\n%s", what, words, said, r.stdout)
			}
			if !strings.Contains(r.stdout, c.says) {
				t.Errorf("%s, portlint %q: no %q in\n%s", what, words, c.says, r.stdout)
			}
		}
		if r := portlint(t, dir, "who", fmt.Sprint(port), "--format", "json"); strings.Contains(r.stdout, `"what": "the project here"`) != (c.says != "") {
			t.Errorf("%s, json:\n%s", what, r.stdout)
		}
	}
}
