package lint

import "testing"

func TestRuleInvalidPort(t *testing.T) {
	bad := func(active, byEngine bool, replaced string) func(*Project) {
		return func(p *Project) {
			p.Invalid = []InvalidPort{{Service: "web", Active: active, ByEngine: byEngine, Span: Span{baseFile, 20, 23}, Entry: Span{baseFile, 10, 23},
				Text: "8080:80/tpc", Reason: `unknown protocol "tpc", expected tcp, udp or sctp`, Replaced: replaced}}
		}
	}
	checkRule(t, "invalid-port", []ruleCase{
		{name: "with a correction", services: []*svc{service("web")}, change: bad(true, false, "tcp"), want: `
error certain 3: "web" cannot publish "8080:80/tpc"
  why: unknown protocol "tpc", expected tcp, udp or sctp
  unsafe: write tcp
    tcpage: nginx
`},
		{name: "without", services: []*svc{service("web")}, change: bad(true, false, ""), want: `
error certain 3: "web" cannot publish "8080:80/tpc"
  why: unknown protocol "tpc", expected tcp, udp or sctp
`},
		{name: "profile off, Compose refuses it all the same", services: []*svc{service("web")}, change: bad(false, false, ""), want: `
error certain 3: "web" cannot publish "8080:80/tpc"
  why: unknown protocol "tpc", expected tcp, udp or sctp
`},
		{name: "profile off, the engine would refuse it", services: []*svc{service("web")}, change: bad(false, true, ""), want: `
error possible 3: this item cannot be published
  why: unknown protocol "tpc", expected tcp, udp or sctp
`},
		{name: "an address and a port without a colon", services: []*svc{service("web")}, change: func(p *Project) {
			p.Invalid = []InvalidPort{{Service: "web", Active: true, Span: Span{baseFile, 20, 23}, Text: `"${IP:-}${P:-9000}:80"`, Reason: "r"}}
		}, want: `
error certain 3: "web" cannot publish this item
  why: r
  manual: write a colon between the two, and a default for the address: ${IP:-0.0.0.0}:${P:-9000}
`},
		{name: "quotes of the file", services: []*svc{service("web")}, change: func(p *Project) {
			p.Invalid = []InvalidPort{{Service: "web", Active: true, Span: Span{baseFile, 20, 23}, Text: `"a:80"`, Reason: "r"},
				{Service: "web", Active: true, Span: Span{baseFile, 24, 25}, Text: "target: 80\npublished: x", Reason: "r"}}
		}, want: `
error certain 3: "web" cannot publish "a:80"
  why: r
error certain 3: "web" cannot publish this item
  why: r
`},
		{name: "none", services: []*svc{service("web", "8080:80")}},
	})
}
