package lint

import "testing"

func TestEnvLine(t *testing.T) {
	text := []byte("# PORT=1\nexport PORT = 8080\nOTHER=\"a\nPORT=2\n\"\nEMPTY=\n")
	for name, want := range map[string]int{"PORT": 2, "OTHER": 3, "EMPTY": 6, "MISSING": 0} {
		if got := EnvLine(text, name); got != want {
			t.Errorf("%s: got line %d, want %d", name, got, want)
		}
	}
	if got := EnvLine([]byte("A=1\r\nB=1\r\nA=2\r\n"), "A"); got != 3 {
		t.Errorf("the last one counts: got line %d", got)
	}
}
