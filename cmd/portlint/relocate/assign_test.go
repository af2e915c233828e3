package relocate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

const checkoutProject = `name: shop
services:
  web:
    image: a
    container_name: ${WEB_NAME:-shop-web}
    ports: ["${WEB_PORT:-24080}:80"]
    networks: {back: {ipv4_address: "${SUBNET:-10.5.0}.10"}}
  api: {image: a, container_name: "api-${API_PORT:-24090}", ports: ["${API_PORT:-24090}:80"]}
  vpn: {image: a, container_name: "${VPN_NAME:-vpn}"}
  tool: {image: a, network_mode: "container:vpn"}
networks:
  back: {ipam: {config: [{subnet: "${SUBNET:-10.5.0}.0/24"}]}}
  whole: {ipam: {config: [{subnet: "${WHOLE:-10.6.0.0/24}", gateway: 10.6.0.1}]}}
`

// TestReadSecond: what another working tree would get is nothing of what this one has, and nobody is given it.
func TestReadSecond(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shop")
	for _, at := range []string{dir, filepath.Join(dir, ".git")} {
		if err := os.MkdirAll(at, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(checkoutProject), 0o644); err != nil {
		t.Fatal(err)
	}
	state := t.TempDir()
	w := run.Process{Dir: dir, Env: map[string]string{"XDG_STATE_HOME": state, "DOCKER_HOST": "unix:///no/engine.sock"}, Stderr: os.Stderr}
	var host lint.Host

	options := compose.Options{Dir: dir, Env: w.Env}
	first, err := run.LoadOne(context.Background(), w, options)
	if err != nil {
		t.Fatal(err)
	}
	second, err := ReadSecond(context.Background(), w, first, options, &host)
	if err != nil {
		t.Fatal(err)
	}
	had := map[string]string{}
	for _, text := range first.Project.EngineTexts() {
		had[text.Path] = text.Text
	}
	for _, text := range second.Project.EngineTexts() {
		stays := text.Text == "vpn" || text.Network == "whole"
		if (had[text.Path] == text.Text) != stays {
			t.Errorf("%s was %s, and is %s", text.Path, had[text.Path], text.Text)
		}
	}
	if n := len(second.Stays); n != 2 {
		t.Errorf("%v", second.Stays)
	}
	if left, _ := filepath.Glob(filepath.Join(state, "portlint", "*.json")); len(left) > 0 {
		t.Errorf("%v was written", left)
	}

	c, err := ReadCheckout(context.Background(), w, compose.Options{Dir: dir, Env: w.Env})
	if err != nil {
		t.Fatal(err)
	}
	want := "[{VPN_NAME its value is more, or less, than a name} {WHOLE gateway of network \"whole\" is 10.6.0.1, which would no longer be in its subnet}]"
	if fmt.Sprint(c.Staying) != want {
		t.Errorf("%v, want %s", c.Staying, want)
	}
}
