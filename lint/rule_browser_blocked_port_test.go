package lint

import "testing"

func TestRuleBrowserBlockedPort(t *testing.T) {
	checkRule(t, "browser-blocked-port", []ruleCase{
		{name: "B29", services: []*svc{service("gitlab", "10080:80")}, want: `
warning certain 5: browsers refuse port 10080
  why: "gitlab" publishes its web port 80 there, and a browser answers with ERR_UNSAFE_PORT
  unsafe: publish "gitlab" on host port 10081
    - "${GITLAB_PORT:-10081}:80"
`},
		{name: "X11", services: []*svc{service("face", "6000:80")}, want: `
warning certain 5: browsers refuse port 6000
  why: "face" publishes its web port 80 there, and a browser answers with ERR_UNSAFE_PORT
  unsafe: publish "face" on host port 6001
    - "${FACE_PORT:-6001}:80"
`},
		{name: "in a range", services: []*svc{service("x", "5998-6003:78-83")}, want: `
warning certain 5: browsers refuse port 6000
  why: "x" publishes its web port 80 there, and a browser answers with ERR_UNSAFE_PORT
  unsafe: publish "x" on host ports 6004-6009
    - "${X_PORT_RANGE:-6004-6009}:78-83"
`},
		{name: "mail and ssh", services: []*svc{service("mail", "25:25", "143:143", "993:993"), service("git", "22:22", "2222:2222")}},
		{name: "no web port behind", services: []*svc{service("x11", "6000:6000"), service("irc", "6667:6667")}},
		{name: "udp", services: []*svc{service("a", "10080:80/udp")}},
		{name: "allowed", services: []*svc{service("a", "8080:80", "443:443", "10081:80")}},
		{name: "pool", services: []*svc{service("a", "10080-10085:80")}},
	})
}
