package lint

import (
	"fmt"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		name     string
		services []*svc
		taken    string
		want     string
	}{
		{"service", []*svc{service("redis", "6379:6379")}, "", "REDIS_PORT"},
		{"separators", []*svc{service("my-app.web", "80:80")}, "", "MY_APP_WEB_PORT"},
		{"digit first", []*svc{service("1panel", "80:80")}, "", "PORT_1PANEL"},
		{"nothing left", []*svc{service("-", "80:80")}, "", "SERVICE_PORT"},
		{"other letters", []*svc{service("größe", "80:80")}, "", "GR_E_PORT"},
		{"roles", []*svc{service("minio", "9000:9000", "9001:9001")}, "", "MINIO_PORT MINIO_CONSOLE_PORT"},
		{"web", []*svc{service("nginx", "80:80", "443:443")}, "", "NGINX_HTTP_PORT NGINX_HTTPS_PORT"},
		{"role is the service", []*svc{service("ssh", "2222:22", "80:80")}, "", "SSH_PORT SSH_HTTP_PORT"},
		{"no role", []*svc{service("app", "5001:5001", "5002:5002", "5003:5003")}, "", "APP_PORT APP_PORT_2 APP_PORT_3"},
		{"one port, two protocols", []*svc{service("dns", "53:53", "53:53/udp")}, "", "DNS_PORT DNS_PORT"},
		{"one port, two addresses", []*svc{service("web", "80:80", "127.0.0.1:80:80")}, "", "WEB_PORT WEB_PORT_2"},
		{"one port, two addresses apart", []*svc{service("web", "127.0.0.1:80:80", "[::1]:80:80")}, "", "WEB_PORT WEB_PORT"},
		{"one port, an address between two", []*svc{service("web", "127.0.0.1:80:80", "0.0.0.0:80:80", "[::1]:80:80")}, "",
			"WEB_PORT WEB_PORT_2 WEB_PORT_2"},
		{"one port, two addresses, two protocols", []*svc{service("dns", "53:53", "53:53/udp", "[::1]:53:53", "[::1]:53:53/udp")}, "",
			"DNS_PORT DNS_PORT DNS_PORT_2 DNS_PORT_2"},
		{"one port and a pool from it", []*svc{service("web", "80:80", "80-85:80/udp")}, "", "WEB_HTTP_PORT WEB_HTTP_PORT_RANGE"},
		{"container port beside", []*svc{service("nginx", "80:80", "9000")}, "", "NGINX_PORT"},
		{"range", []*svc{service("ftp", "21:21", "30000-30009:30000-30009")}, "", "FTP_PORT FTP_PORT_RANGE"},
		{"taken", []*svc{service("redis", "6379:6379")}, "REDIS_PORT", "REDIS_HOST_PORT"},
		{"both taken", []*svc{service("redis", "6379:6379")}, "REDIS_PORT REDIS_HOST_PORT", "REDIS_HOST_PORT_2"},
		{"its own variable is taken", []*svc{service("redis", "${REDIS_PORT:-6379}:6379", "6380:6380")}, "",
			"REDIS_HOST_PORT_2 REDIS_HOST_PORT"},
		{"two services, one stem", []*svc{service("a-b", "80:80"), service("a.b", "81:80")}, "", "A_B_PORT A_B_PORT_2"},
		{"sail", []*svc{service("db", "${FORWARD_DB_PORT:-3306}:3306"), service("redis", "${FORWARD_REDIS_PORT:-6379}:6379"),
			service("web", "80:80")}, "", "DB_HOST_PORT REDIS_HOST_PORT FORWARD_WEB_PORT"},
		{"publish", []*svc{service("db", "${DB_PUBLISH_PORT}:1"), service("web", "${WEB_PUBLISH_PORT}:2"), service("x", "80:80")}, "",
			"DB_HOST_PORT WEB_HOST_PORT X_PUBLISH_PORT"},
		{"project prefix", []*svc{service("db", "${WP1_DB_PORT:-1}:1"), service("web", "${WP1_WEB_PORT:-2}:2"), service("x", "80:80")}, "",
			"WP1_DB_HOST_PORT WP1_WEB_HOST_PORT WP1_X_PORT"},
		{"project prefix of its own dialect", []*svc{service("db", "${WP1_DB_HOST_PORT}:1"), service("web", "${WP1_WEB_HOST_PORT}:2"),
			service("x", "80:80")}, "WP1_X_HOST_PORT", "WP1_DB_HOST_PORT_2 WP1_WEB_HOST_PORT_2 WP1_X_HOST_PORT_2"},
		{"one service is no prefix", []*svc{service("app", "${APP_A_PORT:-1}:1", "${APP_B_PORT:-2}:2"), service("x", "80:80")}, "",
			"APP_PORT APP_PORT_2 X_PORT"},
		{"two services without a common word", []*svc{service("a", "${FOO_A_PORT:-1}:1"), service("b", "${BAR_B_PORT:-2}:2"),
			service("x", "80:80")}, "", "A_PORT B_PORT X_PORT"},
		{"taken in lower case", []*svc{service("redis", "6379:6379")}, "redis_port", "REDIS_HOST_PORT"},
		{"one is no dialect", []*svc{service("db", "${DB_PUBLISH_PORT}:1"), service("x", "80:80")}, "", "DB_PORT X_PORT"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := project(c.services...)
			p.Taken = map[string]bool{}
			for _, name := range strings.Fields(c.taken) {
				p.Taken[name] = true
			}
			names := newNaming([]*Project{p}).items(p)
			var got []string
			for _, it := range p.Items() {
				if n := names[it.Head().Entry]; n != "" {
					got = append(got, n)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %s, want %s", strings.Join(got, " "), c.want)
			}
		})
	}
}

// FuzzNames asks for a valid variable that is not taken, whatever the service is called.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"web", "1panel", "-", "é", "a b", "9", "_", "PORT"} {
		f.Add(s, uint16(80))
	}
	f.Fuzz(func(t *testing.T, name string, target uint16) {
		p := project(service("web", fmt.Sprintf("81:%d", target), "82:82"))
		p.Services[0].Name = name
		p.Taken = map[string]bool{"WEB_PORT": true}
		seen := map[string]bool{}
		for _, n := range newNaming([]*Project{p}).items(p) {
			if nameLength(n) != len(n) || n == "" || p.Taken[n] || seen[n] {
				t.Errorf("%q gives %q", name, n)
			}
			seen[n] = true
		}
	})
}
