package lint

import "testing"

func TestRuleRacingPorts(t *testing.T) {
	checkRule(t, "racing-ports", []ruleCase{
		{name: "pool and fixed", services: []*svc{service("a", "8080-8081:80"), service("b", "8080:80")}, want: `
warning possible 5: "a" may take 8080/tcp of "b"
  possible: the pool 8080-8081/tcp of "a" comes first where it starts first, and nothing says which of the two does
  manual: give the pool a range without 8080, or let "a" depend on "b"
`},
		{name: "the fixed one starts later", services: []*svc{service("a", "8080-8081:80"), service("b", "8080:80").after("a")}, want: `
warning possible 5: "a" may take 8080/tcp of "b"
  possible: the pool 8080-8081/tcp of "a" may get it: "a" starts before "b"
  manual: give the pool a range without 8080
`},
		{name: "in one service", services: []*svc{service("a", "8080-8081:80", "8080:81")}, want: `
warning possible 5: "a" may take its own 8080/tcp
  possible: the engine may give it to the pool 8080-8081/tcp first, on engines up to 26
  manual: give the pool a range without 8080
`},
		{name: "pool starves a narrower pool", services: []*svc{service("a", "8080-8082:80"), service("b", "8080-8081:80").scaled(2)}, want: `
warning possible 5: "a" may take 8080-8081/tcp of "b"
  possible: the pool 8080-8082/tcp of "a" comes first where it starts first, and nothing says which of the two does
  manual: give the pool a range without 8080-8081, or let "a" depend on "b"
`},
		{name: "ephemeral and fixed", services: []*svc{service("a", "80"), service("b", "32768:80")}, want: `
warning possible 9: 32768/tcp of "b" may go to "a"
  possible: "a" names no host port, and the engine may pick this one
  unsafe: publish "b" on host port 12768
    - "${B_PORT:-12768}:80"
`},
		{name: "ephemeral and a range", services: []*svc{service("a", "80", "81"), service("b", "40000-40005:80-85")}, want: `
warning possible 10: 40000-40005/tcp of "b" may go to "a"
  possible: "a" names no host port, and the engine may pick this one
  unsafe: publish "b" on host ports 10000-10005
    - "${B_PORT_RANGE:-10000-10005}:80-85"
`},
		{name: "several in one service", services: []*svc{service("a", "30000-40000:80", "40000:81", "32767:84")}, want: `
warning possible 5: a pool may take 40000/tcp and 32767/tcp
  possible: the engine may give it to the pool 30000-40000/tcp first, on engines up to 26
  manual: give the pool a range without 40000 and 32767
`},
		{name: "several services", services: []*svc{service("a", "8080-8085:80"), service("b", "8080:80"), service("c", "8081:80"), service("d", "8082:80").after("a")}, want: `
warning possible 5: "a" may take 8080/tcp and 8081/tcp
  possible: the pool 8080-8085/tcp of "a" comes first where it starts first, and nothing says which of them does
  manual: give the pool a range without 8080 and 8081, or let "a" depend on "b" and "c"
warning possible 5: "a" may take 8082/tcp of "d"
  possible: the pool 8080-8085/tcp of "a" may get it: "a" starts before "d"
  manual: give the pool a range without 8082
`},
		{name: "two pools that may starve each other", services: []*svc{service("a", "8080-8083:80").scaled(3), service("b", "8082-8084:80").scaled(2)}, want: `
warning possible 5: "a" may take 8082-8084/tcp of "b"
  possible: the pool 8080-8083/tcp of "a" comes first where it starts first, and nothing says which of the two does
  manual: give the pool a range without 8082-8084, or let "a" depend on "b"
`},
		{name: "on two addresses that meet", services: []*svc{service("a", "0.0.0.0:8080-8083:80", "127.0.0.1:8080-8083:81")}, want: `
warning possible 5: 0.0.0.0:8080-8083/tcp may fail
  possible: it shares host ports with the service's own 127.0.0.1:8080-8083/tcp on another address: engines up to 26 don't see that, and give up when they try one
  manual: give the pool a range without 8080-8083
`},
		{name: "after a port on another address", services: []*svc{service("a", "127.0.0.1:8080-8081:80").after("b"), service("b", "8080:80")}, want: `
warning possible 5: 127.0.0.1:8080-8081/tcp may fail
  possible: it shares host ports with 8080/tcp of "b" on another address: engines up to 26 don't see that, and give up when they try one
  manual: give the pool a range without 8080
`},
		{name: "on two addresses that don't meet", services: []*svc{service("a", "127.0.0.2:8080-8083:80", "127.0.0.1:8080-8083:80")}},
		{name: "ordered", services: []*svc{service("a", "8080-8081:80").after("b"), service("b", "8080:80")}},
		{name: "ordered through a third", services: []*svc{service("a", "8080-8081:80").after("c"), service("b", "8080:80"), service("c").after("b")}},
		{name: "ephemeral ordered", services: []*svc{service("a", "80").after("b"), service("b", "32768:80")}},
		{name: "ephemeral and a low port", services: []*svc{service("a", "80"), service("b", "8080:80")}},
		{name: "ephemeral over another protocol", services: []*svc{service("a", "80/udp"), service("b", "40000:80")}},
		{name: "ephemeral in one service", services: []*svc{service("a", "80", "40000:81")}},
		{name: "unknown", services: []*svc{service("a", "${P}:80"), service("b", "40000:80")}},
		{name: "equal pools with room", services: []*svc{service("a", "8080-8090:80"), service("b", "8080-8090:80")}},
		{name: "disjoint", services: []*svc{service("a", "8080-8081:80"), service("b", "8082:80")}},
		{name: "another address", services: []*svc{service("a", "127.0.0.1:8080-8081:80"), service("b", "127.0.0.2:8080:80")}},
		{name: "another family", services: []*svc{service("a", "0.0.0.0:8080-8081:80"), service("b", "[::]:8080:80")}},
		{name: "no room at all is a duplicate", services: []*svc{service("a", "8080-8081:80"), service("b", "8080:80"), service("c", "8081:80")}},
		{name: "profile off", services: []*svc{service("a", "8080-8081:80"), service("b", "8080:80").off()}},
		{name: "nothing bound", services: []*svc{service("a", "8080-8081:80"), service("b", "8080:80").net(Network{Publishing: Ignored})}},
	})
}
