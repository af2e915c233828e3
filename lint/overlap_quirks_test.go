package lint

import "testing"

func TestRelease(t *testing.T) {
	for _, c := range []struct {
		version string
		want    release
		ok      bool
	}{
		{"29.0.1", release{29, 0, 1}, true}, {"20.10.24+dfsg1", release{20, 10, 24}, true}, {"28.3.0-rc.1", release{28, 3, 0}, true},
		{"27.5", release{27, 5, 0}, true}, {"5.4.1", release{5, 4, 1}, false}, {"dev", release{}, false}, {"", release{}, false},
		{"library-import", release{}, false},
	} {
		got, ok := Engine{Version: c.version}.release()
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%q: %v %t", c.version, got, ok)
		}
	}
	if _, ok := (Engine{Name: "Podman Engine", Version: "29.0.0"}).release(); ok {
		t.Error("Podman has a version of Docker's")
	}
}

// TestRefuses plays two containers of one engine, by version.
// Source: moby daemon/libnetwork/portallocator; libnetwork/portallocator up to 28.
func TestRefuses(t *testing.T) {
	for _, c := range []struct {
		version, x, y string
		want          bool
		open          bool
	}{
		{"29.0.1", "0.0.0.0:1/tcp", "127.0.0.1:1/tcp", true, false},
		{"20.10.24", "0.0.0.0:1/tcp", "127.0.0.1:1/tcp", true, false},
		{"29.0.1", "127.0.0.1:1/tcp", "127.0.0.2:1/tcp", false, false},
		{"29.0.1", "0.0.0.0:1/tcp", "[::]:1/tcp", false, false},
		{"29.0.1", "[::]:1/tcp", "[::1]:1/tcp", true, false},
		{"29.0.1", "0.0.0.0:1/tcp", "0.0.0.0:1/udp", false, false},
		{"26.1.4", "0.0.0.0:1/udp", "127.0.0.1:1/udp", true, false},
		{"28.2.2", "0.0.0.0:1/udp", "127.0.0.1:1/udp", false, false},
		{"28.2.2", "0.0.0.0:1/udp", "0.0.0.0:1/udp", true, false},
		{"28.5.2", "0.0.0.0:1/udp", "127.0.0.1:1/udp", true, false},
		{"29.0.1", "0.0.0.0:1/udp", "127.0.0.1:1/udp", true, false},
		{"", "0.0.0.0:1/udp", "127.0.0.1:1/udp", true, true},
		{"29.0.1", "0.0.0.0:1/sctp", "127.0.0.1:1/sctp", true, true},
	} {
		got, refused := Engine{Version: c.version}.refuses(endpoint(c.x), endpoint(c.y))
		if refused != c.want || refused && (got.certainty == Possible) != c.open {
			t.Errorf("%s: %s while %s: %t %s", c.version, c.x, c.y, refused, got.certainty)
		}
	}
}
