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
		{"no role", []*svc{service("app", "5001:5001", "5002:5002", "5003:5003")}, "", "APP_PORT APP_5002_PORT APP_5003_PORT"},
		{"the page has the plain name", []*svc{service("app", "9229:9229", "9100:9100", "3000:3000")}, "", "APP_DEBUG_PORT APP_METRICS_PORT APP_PORT"},
		{"what the service is called after has it", []*svc{service("my-redis", "8001:8000", "6379:6379")}, "", "MY_REDIS_8000_PORT MY_REDIS_PORT"},
		{"one page alone is no HTTP", []*svc{service("nginx", "80:80", "9000:9000")}, "", "NGINX_PORT NGINX_9000_PORT"},
		{"two host ports of one", []*svc{service("web", "8080:80", "8081:80")}, "", "WEB_PORT WEB_PORT_2"},
		{"two pools", []*svc{service("ftp", "21:21", "30000-30009:30000-30009", "40000-40009:40000-40009")}, "",
			"FTP_PORT FTP_PORT_RANGE FTP_40000_PORT_RANGE"},
		{"one port, two protocols", []*svc{service("dns", "53:53", "53:53/udp")}, "", "DNS_PORT DNS_PORT"},
		{"one port, two addresses", []*svc{service("web", "80:80", "127.0.0.1:80:80")}, "", "WEB_PORT WEB_PORT_2"},
		{"one port, two addresses apart", []*svc{service("web", "127.0.0.1:80:80", "[::1]:80:80")}, "", "WEB_PORT WEB_PORT"},
		{"one port, an address between two", []*svc{service("web", "127.0.0.1:80:80", "0.0.0.0:80:80", "[::1]:80:80")}, "",
			"WEB_PORT WEB_PORT_2 WEB_PORT_2"},
		{"one port, two addresses, two protocols", []*svc{service("dns", "53:53", "53:53/udp", "[::1]:53:53", "[::1]:53:53/udp")}, "",
			"DNS_PORT DNS_PORT DNS_PORT_2 DNS_PORT_2"},
		{"one port and a pool from it", []*svc{service("web", "80:80", "80-85:80/udp")}, "", "WEB_PORT WEB_PORT_RANGE"},
		{"container port beside", []*svc{service("nginx", "80:80", "9000")}, "", "NGINX_PORT"},
		{"range", []*svc{service("ftp", "21:21", "30000-30009:30000-30009")}, "", "FTP_PORT FTP_PORT_RANGE"},
		{"taken", []*svc{service("redis", "6379:6379")}, "REDIS_PORT", "REDIS_HOST_PORT"},
		{"both taken", []*svc{service("redis", "6379:6379")}, "REDIS_PORT REDIS_HOST_PORT", "REDIS_HOST_PORT_2"},
		{"its own variable is taken", []*svc{service("redis", "${REDIS_PORT:-6379}:6379", "6380:6380")}, "",
			"REDIS_HOST_PORT REDIS_6380_PORT"},
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
			"APP_PORT APP_2_PORT X_PORT"},
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

// TestNamesLabels takes the words of the file for its ports.
func TestNamesLabels(t *testing.T) {
	for label, want := range map[string]string{
		"metrics":    "APP_PORT APP_METRICS_PORT",
		"web ui":     "APP_PORT APP_WEB_UI_PORT",
		"Admin port": "APP_PORT APP_ADMIN_PORT",
		"ports":      "APP_PORT APP_7001_PORT",
		"the app":    "APP_PORT APP_7001_PORT",
		"APP":        "APP_7000_PORT APP_PORT",
		"":           "APP_PORT APP_7001_PORT",
	} {
		p := project(service("app", "7000:7000", "7001:7001"))
		p.Services[0].Bindings[1].Label = label
		names := newNaming([]*Project{p}).items(p)
		got := names[p.Services[0].Bindings[0].Entry] + " " + names[p.Services[0].Bindings[1].Entry]
		if got != want {
			t.Errorf("%q: got %s, want %s", label, got, want)
		}
	}
}

// TestNamesSiblings gives a port the name that it has in another directory, where all say the same.
func TestNamesSiblings(t *testing.T) {
	at := func(dir, item string) *Project {
		p := project(service("postgres", item))
		p.Dir = dir
		b := &p.Services[0].Bindings[0]
		b.Entry.File = dir + "/compose.yaml"
		return p
	}
	for _, c := range []struct {
		others []string
		want   string
	}{
		{nil, "POSTGRES_PORT"},
		{[]string{"${DB_PORT:-5432}:5432"}, "DB_PORT"},
		{[]string{"${DB_PORT:-5432}:5432", "${DB_PORT:-5433}:5432"}, "DB_PORT"},
		{[]string{"${DB_PORT:-5432}:5432", "${PG_PORT:-5432}:5432"}, "POSTGRES_PORT"},
		{[]string{"${DB_PORT:-8080}:8080"}, "POSTGRES_PORT"},
		{[]string{"${P:-5432}:${P:-5432}"}, "POSTGRES_PORT"},
	} {
		own := at("/own", "5432:5432")
		projects := []*Project{own}
		for i, item := range c.others {
			projects = append(projects, at(fmt.Sprint("/", i), item))
		}
		if got := newNaming(projects).items(own)[own.Services[0].Bindings[0].Entry]; got != c.want {
			t.Errorf("%v: got %s, want %s", c.others, got, c.want)
		}
	}
}
