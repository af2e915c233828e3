package report

import (
	"net/netip"
	"strings"

	"github.com/portlint/portlint/lint"
)

const (
	shopFile     = "/src/shop/compose.yaml"
	shopExample  = "/src/shop/.env.example"
	blogFile     = "/src/my blog/compose.yaml"
	blogOverride = "/src/my blog/compose.override.yaml"
	otherFile    = "/home/ann/stack/docker-compose.yml"

	// evilName wants to colour the terminal, turn the direction of writing and start a line of its own.
	evilName = "we\x1b[31mb\u202e\n::error::gotcha"
)

const shopText = `name: shop
services:
  web:
    image: nginx
    ports:
      - "8080:80"
      - 127.0.0.1:8443:443
  api:
    build: .
    ports:
      - "8080:8080"
      - "${METRICS_PORT}:9090"
      - "40000:40000/udp"
  検索: {image: "検索エンジン", ports: ["9200:9200"]}
  mail:
    ports:
      -	"8025:8025"
      - target: 1025
        published: "${SMTP_PORT:-1025}"
`

const blogText = "\ufeffservices: {blog: {ports: ['3000:3000']}}\r\n" +
	"x-note: seen by no one\r\n"

const overrideText = `services:
  blog:
    ports:
      - "3001:3000"
      - "3001:3000"
`

// longText is one line with the port far to the right.
var longText = `services: {long: {labels: ["` + strings.Repeat("traefik.enable=true,", 12) +
	`"], ports: ["7000:7000"], image: "` + strings.Repeat("registry/", 9) + "\"}}\n"

// sample is a report with everything that a format must get right.
func sample() Report {
	s := sampleSources()
	shop, blog := shopProject(s), blogProject(s)
	r := Report{
		Version: "v0.1.0", Dir: "/src", Sources: s, Verdict: lint.VerdictConflict, Suppressed: 1,
		Projects: []*lint.Project{shop, blog},
		NotChecked: []lint.Blind{
			{What: "sockets", Why: "the engine is remote (ssh://build1)"},
			{What: "include https://example.com/a.yaml", Why: "remote files are not fetched", Span: find(s, shopFile, "name")},
			{What: "include https://example.com/b.yaml", Why: "remote files are not fetched"},
		},
	}
	r.Findings = append(shopFindings(s, shop), blogFindings(s, blog)...)
	return r
}

func sampleSources() lint.Sources {
	s := lint.Sources{}
	s.Add(shopFile, []byte(shopText))
	s.Add(shopExample, []byte("SMTP_PORT=1025\n"))
	s.Add(blogFile, []byte(blogText))
	s.Add(blogOverride, []byte(overrideText))
	s.Add("/src/long/compose.yaml", []byte(longText))
	s.Add(otherFile, []byte("services:\n  pg:\n    ports: [5432:5432]\n"))
	return s
}

// find is the span of the first text in a file.
func find(s lint.Sources, file, text string) lint.Span {
	return findAfter(s, file, "", text)
}

// findAfter is the span of the first text after another one.
func findAfter(s lint.Sources, file, after, text string) lint.Span {
	whole := string(s[file].Text)
	from := strings.Index(whole, after) + len(after)
	i := strings.Index(whole[from:], text)
	if i < 0 {
		panic("no " + text + " in " + file)
	}
	return lint.Span{File: file, Start: from + i, End: from + i + len(text)}
}

func binding(service, proto string, first, target uint16, span lint.Span) lint.Binding {
	return lint.Binding{Service: service, Proto: proto, Ports: lint.PortsFrom(first, 1), Target: target, Port: span, Entry: span,
		Layer: lint.Layer{Kind: "file"}}
}

func shopProject(s lint.Sources) *lint.Project {
	admin := binding("web", "tcp", 8443, 443, find(s, shopFile, "8443"))
	admin.HostIP = netip.MustParseAddr("127.0.0.1")
	metrics := binding("api", "tcp", 0, 9090, find(s, shopFile, "${METRICS_PORT}"))
	metrics.Unknown, metrics.Var, metrics.Text = true, "METRICS_PORT", "${METRICS_PORT}"
	metrics.From = lint.Origin{Kind: lint.Unset}
	smtp := binding("mail", "tcp", 1025, 1025, find(s, shopFile, "${SMTP_PORT:-1025}"))
	smtp.Var, smtp.From = "SMTP_PORT", lint.Origin{Kind: lint.FromExample, File: shopExample}
	pool := binding(evilName, "sctp", 9000, 0, lint.Span{File: shopFile})
	pool.Last = 9010
	return &lint.Project{Name: "shop", Dir: "/src/shop", Files: []string{shopFile}, Services: []lint.Service{
		{Name: "api", Active: true, Replicas: 1, Bindings: []lint.Binding{
			binding("api", "tcp", 8080, 8080, findAfter(s, shopFile, "api:", "8080")), metrics,
			binding("api", "udp", 40000, 40000, find(s, shopFile, "40000")),
		}},
		{Name: "mail", Replicas: 1, Profiles: []string{"debug"}, Bindings: []lint.Binding{
			binding("mail", "tcp", 8025, 8025, find(s, shopFile, "8025")), smtp,
		}},
		{Name: "web", Active: true, Replicas: 1, Bindings: []lint.Binding{
			binding("web", "tcp", 8080, 80, find(s, shopFile, "8080")), admin,
		}},
		{Name: evilName, Active: true, Replicas: 2, Bindings: []lint.Binding{pool}},
		{Name: "検索", Active: true, Replicas: 1, Bindings: []lint.Binding{
			binding("検索", "tcp", 9200, 9200, find(s, shopFile, "9200")),
		}},
	}}
}

func blogProject(s lint.Sources) *lint.Project {
	added := binding("blog", "tcp", 3001, 3000, find(s, blogOverride, "3001"))
	added.Layer = lint.Layer{Order: 1, Kind: "override"}
	free := binding("blog", "tcp", 0, 3000, find(s, blogOverride, "3000"))
	return &lint.Project{Name: "blog", Dir: "/src/my blog", Files: []string{blogFile, blogOverride}, Services: []lint.Service{
		{Name: "blog", Active: true, Replicas: 1, Bindings: []lint.Binding{
			binding("blog", "tcp", 3000, 3000, find(s, blogFile, "3000")), added, free,
		}},
	}}
}

func shopFindings(s lint.Sources, shop *lint.Project) []lint.Finding {
	api, web := &shop.Services[0].Bindings[0], &shop.Services[2].Bindings[0]
	udp, search := &shop.Services[0].Bindings[2], &shop.Services[4].Bindings[0]
	overridable := lint.Fix{Title: "let WEB_PORT move it, 8080 stays the default", Safety: lint.Safe, Edits: []lint.Edit{
		{Span: lint.Span{File: shopExample, Start: 15, End: 15}, New: "WEB_PORT=8080\n"},
		{Span: web.Port, New: "${WEB_PORT:-8080}"},
	}}
	move := lint.Fix{Title: "publish api on 8081, which is free", Safety: lint.Unsafe,
		Edits: []lint.Edit{{Span: api.Port, New: "${API_PORT:-8081}"}}}
	stop := lint.Fix{Title: "stop the other stack, its data stays", Command: "docker compose -p stack stop pg"}
	return []lint.Finding{
		{Rule: "unloadable-project", Severity: lint.Error, Certainty: lint.Certain, Project: "shop",
			Span: lint.Span{File: shopFile}, Message: `Compose refuses this project: service "web" depends on undefined service "cache"`},
		{Rule: "fixed-port", Severity: lint.Info, Certainty: lint.Certain, Project: "shop", Service: "web", Span: web.Port,
			Binding: web, Message: "8080/tcp of web can't be moved without editing this file", Fixes: []lint.Fix{overridable}},
		{Rule: "duplicate-port", Severity: lint.Error, Certainty: lint.Certain, Project: "shop", Service: "api", Span: api.Port,
			Binding: api, Message: "8080/tcp for api is already published by web",
			Related: []lint.Related{{Message: "web publishes it here", Span: web.Port}}, Fixes: []lint.Fix{move, stop}},
		{Rule: "ephemeral-port", Severity: lint.Warning, Certainty: lint.Latent, Project: "shop", Service: "api", Span: udp.Port,
			Binding: udp, Message: "40000/udp for api lies where the system takes client ports from (32768-60999)"},
		{Rule: "shared-port", Severity: lint.Info, Certainty: lint.Possible, Project: "shop", Service: "検索", Span: search.Port,
			Binding: search, Message: `9200/tcp for "検索" is published by 2 projects`, Related: []lint.Related{
				{Message: "stack publishes it here", Span: find(s, otherFile, "5432")},
				{Message: "a file that was not read", Span: lint.Span{File: "/src/gone/compose.yaml", Start: 5, End: 9}},
				{Message: "and somewhere that is not known"},
			}, Fixes: []lint.Fix{stop}},
		{Rule: "port-in-use", Severity: lint.Error, Certainty: lint.Certain, Project: "shop", Service: evilName,
			Span: find(s, shopFile, "8025"), Message: `8025/tcp is held by "` + evilName + `"`},
	}
}

func blogFindings(s lint.Sources, blog *lint.Project) []lint.Finding {
	added := &blog.Services[0].Bindings[1]
	line := findAfter(s, blogOverride, "\"3001:3000\"\n", "      - \"3001:3000\"\n")
	remove := lint.Fix{Title: "remove the second of the two", Safety: lint.Safe, Edits: []lint.Edit{{Span: line}}}
	return []lint.Finding{
		{Rule: "browser-blocked-port", Severity: lint.Warning, Certainty: lint.Certain, Project: "blog", Service: "blog",
			Span: find(s, blogFile, "3000"), Binding: &blog.Services[0].Bindings[0], Message: "browsers refuse 3000/tcp"},
		{Rule: "override-adds-port", Severity: lint.Warning, Certainty: lint.Certain, Project: "blog", Service: "blog",
			Span: lint.Span{File: blogOverride, Start: added.Port.Start - 1, End: line.End}, Binding: added,
			Message: "3001:3000 is added beside 3000:3000, which stays published",
			Related: []lint.Related{{Message: "it stays because of this", Span: find(s, blogFile, "3000")}}, Fixes: []lint.Fix{remove}},
		{Rule: "override-adds-port", Severity: lint.Warning, Certainty: lint.Certain, Project: "blog", Service: "blog",
			Span: findAfter(s, blogOverride, "\"3001:3000\"\n", "3001"), Binding: added, Message: "the same port once more"},
		{Rule: "port-taken-later", Severity: lint.Warning, Certainty: lint.Latent, Project: "blog", Service: "blog",
			Message: "3001/tcp is free now, but the stopped container old-blog-1 restarts with the engine"},
		{Rule: "os-service-port", Severity: lint.Info, Certainty: lint.Latent, Service: "long",
			Span: find(s, "/src/long/compose.yaml", "7000"), Message: "7000/tcp is taken by AirPlay on macOS",
			Fixes: []lint.Fix{{Title: "publish 7001", Safety: lint.Unsafe,
				Edits: []lint.Edit{{Span: find(s, "/src/long/compose.yaml", "7000"), New: "7001"}}}}},
	}
}
