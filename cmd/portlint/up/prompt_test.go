package up

import (
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

// TestOfferedMoves: a key that changes nothing is left out and says so, and "the same" is what another key does.
func TestOfferedMoves(t *testing.T) {
	moved, other := []string{"web -> 8081"}, []string{"web -> 8081", "db -> 5433"}
	for _, c := range []struct {
		name         string
		run, lasting []string
		failed       bool // what m would do was not found out
		want         []string
		uselessKeys  string
	}{
		{"both", moved, moved, false, []string{"m web -> 8081 for this run", "w the same, kept in .env"}, ""},
		{"w does more", moved, other, false, []string{"m web -> 8081 for this run", "w web -> 8081, db -> 5433, kept in .env"}, ""},
		{"w does nothing", moved, nil, false, []string{"m web -> 8081 for this run"}, "w"},
		{"m does nothing", nil, moved, false, []string{"w web -> 8081, kept in .env"}, "m"},
		{"neither", nil, nil, false, nil, "mw"},
		{"m has failed", nil, moved, true, []string{"w web -> 8081, kept in .env"}, "m"},
		{"m has failed and w does nothing", nil, nil, true, nil, "mw"},
	} {
		o := offers{move: offeredMove{changes: c.run}, keep: offeredMove{changes: c.lasting, files: []string{".env"}}}
		o.move.whyNot, o.keep.whyNot = whyUnneeded(c.run), whyUnneeded(c.lasting)
		if c.failed {
			o.move.whyNot = "no free port"
		}
		m := o.menu()

		var got []string
		for _, choice := range m.choices {
			if choice.key != abort {
				got = append(got, string(choice.key)+" "+strings.Join(choice.does, " "))
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		for _, key := range []byte("mw") {
			if useless := strings.ContainsRune(c.uselessKeys, rune(key)); (m.useless[key] != "") != useless {
				t.Errorf("%s: %c is useless because of %q", c.name, key, m.useless[key])
			}
		}
	}
}

// TestStopsOf: f is there where containers have everything that is in the way, and says of what else it is that it is not.
func TestStopsOf(t *testing.T) {
	web := &lint.Container{Name: "blog-web-1", State: "running", Project: "blog", Service: "web"}
	alone := &lint.Container{Name: "front", State: "exited"}
	unlisted := &lint.Container{ID: "0123456789abcdef"}
	found := func(rule string, c *lint.Container) lint.Finding {
		return lint.Finding{Rule: rule, Message: "it is taken", Owner: &lint.Owner{Kind: lint.OwnerContainer, Container: c}}
	}
	port := func(c *lint.Container) lint.Finding { return found("port-in-use", c) }
	name := func(c *lint.Container) lint.Finding { return found("name-in-use", c) }
	process := lint.Finding{Rule: "port-in-use", Message: `5432/tcp of "db" is taken by python3`, Owner: &lint.Owner{}}
	for _, c := range []struct {
		name  string
		found []lint.Finding
		want  string
	}{
		{"a port", []lint.Finding{port(web)}, "stop blog/web: docker compose -p blog stop web"},
		{"two ports", []lint.Finding{port(web), port(web)}, "stop blog/web: docker compose -p blog stop web"},
		{"a name", []lint.Finding{name(alone)}, "remove container front: docker rm front"},
		{"a port and the name of the same container", []lint.Finding{port(web), name(web)}, "remove blog/web: docker compose -p blog rm -sf web"},
		{"a port and a name", []lint.Finding{port(web), name(alone)},
			"stop blog/web: docker compose -p blog stop web, remove container front: docker rm front"},
		{"a process", []lint.Finding{port(web), process}, `f stops containers only: 5432/tcp of "db" is taken by python3`},
		{"a subnet", []lint.Finding{port(web), {Rule: "subnet-in-use", Message: "the subnet is taken"}}, "f stops containers only: the subnet is taken"},
		{"a container of another engine", []lint.Finding{port(unlisted)}, "f stops containers of this engine only: it is taken"},
		{"the name of the project", []lint.Finding{{Rule: "same-project-name"}}, "f does not stop the containers of another checkout: r replaces them"},
	} {
		stops, why := stopsOf(lint.Plan{}, c.found)
		var got []string
		for _, stop := range stops {
			got = append(got, stop.Short+": "+lint.ShellLine(stop.Command))
		}
		if why != "" {
			got = append(got, why)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestHeldNames: who has a name is said where who has the ports is, and escaped.
func TestHeldNames(t *testing.T) {
	held := []lint.Note{{Label: lint.NoteWhy, Text: "x"}, {Label: lint.NoteHeldBy, Text: "container \x1b[2J"}}
	got := heldNames([]lint.Finding{
		{Message: "8080/tcp is taken", Binding: &lint.Binding{}, Notes: held},
		{Message: `container name "front" is taken by blog`, Name: &lint.Name{}, Notes: held},
		{Message: "nobody has it"},
	})
	if want := "\ncontainer name \"front\" is taken by blog\n  held by: container \\x1b[2J\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
