package dockerapi

import (
	"slices"
	"strings"
	"testing"
)

// TestConfigFiles: a comma in the path of a file does not make two of it.
func TestConfigFiles(t *testing.T) {
	for _, files := range [][]string{
		{"/srv/shop/compose.yaml"},
		{"/srv/shop/compose.yaml", "/srv/shop/compose.override.yaml"},
		{"/srv/a,b/compose.yaml", "/srv/a,b/compose.override.yaml"},
		{"/srv/a,,b, c/compose.yaml", "-", "/srv/x.yaml"},
		{`C:\shop,1\compose.yaml`, `\\server\a,b\x.yaml`, "D:/y.yaml"},
		{"/srv/a.yaml", "https://example.com/b,c.yaml", "oci://registry/x"},
		{"docker-compose.yml", "docker-compose.override.yml"},
	} {
		if got := configFiles(strings.Join(files, ",")); !slices.Equal(got, files) {
			t.Errorf("%q, joined, are read as %q", files, got)
		}
	}
}
