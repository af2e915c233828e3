package lint

import "testing"

func TestFree(t *testing.T) {
	inSight := []*Project{projectIn("/p", service("a", "8080:80", "8081:80/udp", "8082-8084:80")), projectIn("/q", service("b", "8085:80").off())}
	for _, c := range []struct {
		old   uint16
		width int
		want  uint16
	}{
		{8080, 1, 8087}, {8080, 3, 8087}, {80, 1, 8087}, {443, 1, 8443}, {22, 1, 2222}, {5432, 1, 5433}, {4999, 1, 5001},
		{5999, 1, 6001}, {6664, 1, 6670}, {10079, 1, 10081}, {50051, 1, 10051}, {32767, 1, 61000}, {65535, 1, 1024},
		{60080, 1, 10081}, {6999, 1, 7001},
	} {
		a := newAdvice(inSight, Settings{Reserved: map[uint16]bool{8086: true}})
		if got, ok := a.free(c.old, c.width); !ok || got != c.want {
			t.Errorf("free(%d, %d) = %d %t, want %d", c.old, c.width, got, ok, c.want)
		}
	}
}

func TestFreeNeverTwice(t *testing.T) {
	a := newAdvice(nil, Settings{})
	seen := map[uint16]bool{}
	for range 5000 {
		p, ok := a.free(80, 1)
		if !ok || seen[p] {
			t.Fatalf("%d a second time", p)
		}
		seen[p] = true
	}
}

func TestFreeGivesUp(t *testing.T) {
	if p, ok := newAdvice(nil, Settings{}).free(1024, 60000); ok {
		t.Errorf("60000 ports in a row at %d", p)
	}
}

func TestOneItemOneSuggestion(t *testing.T) {
	p := project(service("web", "50051:80"), service("x", "80"))
	moves := map[string]bool{}
	for _, f := range Run([]*Project{p}, Settings{}).Findings {
		if f.Rule == "ephemeral-port" || f.Rule == "racing-ports" {
			moves[f.Rule+f.Fixes[0].Edits[0].New] = true
		}
	}
	if len(moves) != 2 || !moves["ephemeral-port${WEB_PORT:-10051}"] || !moves["racing-ports${WEB_PORT:-10051}"] {
		t.Errorf("suggestions %v", moves)
	}
}
