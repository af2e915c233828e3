package main

import (
	"fmt"
	"strings"
)

// row is one item of a service "web": what it publishes, without the name of the service, or the text at fault.
type row struct {
	item  string // as it stands behind the dash
	binds string
	bad   string
}

// rowCases makes a case of every row. An item that is refused is reported once, at its place, and binds nothing.
func rowCases(rows []row) []edgeCase {
	var cases []edgeCase
	for _, r := range rows {
		c := edgeCase{name: r.item, files: "services:\n  web:\n    image: i\n    ports:\n      - " + r.item + "\n"}
		for binds := range strings.FieldsSeq(r.binds) {
			c.binds += "\nweb " + binds
		}
		c.binds = strings.TrimPrefix(c.binds, "\n")
		if r.bad != "" {
			c.binds, c.want = "none", badPort+"web "+r.bad
		}
		cases = append(cases, c)
	}
	return cases
}

// shortCases are the short syntax.
func shortCases() []edgeCase {
	return rowCases([]row{
		{item: `80`, binds: "*->80/tcp"},
		{item: `"80"`, binds: "*->80/tcp"},
		{item: `"80/tcp"`, binds: "*->80/tcp"},
		{item: `":80"`, binds: "*->80/tcp"},
		{item: `"::80"`, binds: "*->80/tcp"},
		{item: `"8080:80"`, binds: "8080->80/tcp"},
		{item: `8080:80`, binds: "8080->80/tcp"},
		{item: `"127.0.0.1:8080:80"`, binds: "127.0.0.1:8080->80/tcp"},
		{item: `"127.0.0.1::80"`, binds: "127.0.0.1:*->80/tcp"},
		{item: `"0.0.0.0::80"`, binds: "0.0.0.0:*->80/tcp"},
		{item: `"[::1]::80"`, binds: "[::1]:*->80/tcp"},
		{item: `"8080-8090:80"`, binds: "8080-8090->80/tcp"},
		{item: `"8080-8085:80-85"`, binds: "8080->80/tcp 8081->81/tcp 8082->82/tcp 8083->83/tcp 8084->84/tcp 8085->85/tcp"},
		{item: `"8000-8002:99-101"`, binds: "8001->100/tcp 8002->101/tcp 8000->99/tcp"}, // by the text of the container port
		{item: `"80-82"`, binds: "*->80/tcp *->81/tcp *->82/tcp"},
		{item: `"8080-8080:80"`, binds: "8080->80/tcp"},
		{item: `"6060:6060/udp"`, binds: "6060->6060/udp"},
		{item: `"53:53/UDP"`, binds: "53->53/udp"},
		{item: `"9999:9999/sctp"`, binds: "9999->9999/sctp"},
		{item: `"[::1]:8080:80"`, binds: "[::1]:8080->80/tcp"},
		{item: `"::1:8080:80"`, binds: "[::1]:8080->80/tcp"},
		{item: `"[::]:8080:80"`, binds: "[::]:8080->80/tcp"},
		{item: `"::ffff:1.2.3.4:8080:80"`, binds: "[::ffff:1.2.3.4]:8080->80/tcp"},
		{item: `"0:80"`, binds: "*->80/tcp"},
		{item: `"127.0.0.1:0:80"`, binds: "127.0.0.1:*->80/tcp"},
		{item: `"0-0:80"`, binds: "*->80/tcp"},
		{item: `"080:80"`, binds: "80->80/tcp"},
		{item: `"+80:80"`, binds: "80->80/tcp"},
		{item: `"8080:80/"`, binds: "8080->80/tcp"},
		{item: `"8080:0"`, bad: `0`},
		{item: `"0"`, bad: `0`},
		{item: `"8080-8081:0-1"`, bad: `0-1`},

		{item: `"0-5:80"`, bad: `0-5`},
		{item: `"8080-8084:80-85"`, bad: `"8080-8084:80-85"`},
		{item: `"80:"`, bad: `"80:"`},
		{item: `""`, bad: `""`},
		{item: `"65536:1"`, bad: `65536`},
		{item: `"-1:80"`, bad: `-1`},
		{item: `"0x50:80"`, bad: `0x50`},
		{item: `"8_080:80"`, bad: `8_080`},
		{item: `" 80:80"`, bad: ` 80`},
		{item: `"8090-8080:80"`, bad: `8090-8080`},
		{item: `"1:65536"`, bad: `65536`},
		{item: `70000`, bad: `70000`},
		{item: `"1:90-80"`, bad: `90-80`},
		{item: `"8080:80/http"`, bad: `http`},
		{item: `"8080:80/tcp/udp"`, bad: `tcp/udp`},
		{item: `"1514/udp:1514/udp"`, bad: `1514/udp`},
		{item: `"localhost:8080:80"`, bad: `localhost`},
		{item: `"127.1:8080:80"`, bad: `127.1`},
		{item: `"*:80:80"`, bad: `*`},
		{item: `"8080:80:tcp"`, bad: `"8080:80:tcp"`},
		{item: `"fe80::1%eth0:8080:80"`, bad: `fe80::1%eth0`},
		{item: `"80-81-82:80"`, bad: `80-81-82`},
		{item: `"8080:eighty"`, bad: `eighty`},
	})
}

// longCases are the long syntax, which Compose passes on unread.
func longCases() []edgeCase {
	return rowCases([]row{
		{item: `{target: 80}`, binds: "*->80/tcp"},
		{item: `{target: 80, published: ""}`, binds: "*->80/tcp"},
		{item: `{target: 80, published: 0}`, binds: "*->80/tcp"},
		{item: `{target: 80, published: "0"}`, binds: "*->80/tcp"},
		{item: `{target: 80, published: 8080}`, binds: "8080->80/tcp"},
		{item: `{target: 80, published: "8080"}`, binds: "8080->80/tcp"},
		{item: `{target: "80", published: "8080"}`, binds: "8080->80/tcp"},
		{item: `{target: "080", published: "8080"}`, binds: "8080->80/tcp"},
		{item: `{target: 080, published: "8080"}`, binds: "8080->80/tcp"},
		{item: `{target: 010, published: "8080"}`, binds: "8080->8/tcp"},
		{item: `{target: +80, published: "8080"}`, binds: "8080->80/tcp"},
		{item: `{target: 80, published: "08080"}`, binds: "8080->80/tcp"},
		{item: `{target: 80, published: "8080/udp"}`, binds: "8080->80/tcp"},
		{item: `{target: 80, published: 8080-8090}`, binds: "8080-8090->80/tcp"},
		{item: `{target: 80, published: 010}`, binds: "8->80/tcp"},
		{item: `{target: 80, published: 0x1F90}`, binds: "8080->80/tcp"},
		{item: `{target: 80, published: "8080", protocol: UDP}`, binds: "8080->80/udp"},
		{item: `{target: 80, published: "8080", protocol: ""}`, binds: "8080->80/tcp"},
		{item: `{target: 80, published: "8080", protocol: sctp}`, binds: "8080->80/sctp"},
		{item: `{target: 80, published: "8080", mode: host}`, binds: "8080->80/tcp"},
		{item: `{target: 80, published: "8080", name: w, app_protocol: http, x-note: n}`, binds: "8080->80/tcp"},
		{item: `{target: 80, published: "8080", host_ip: "127.0.0.1"}`, binds: "127.0.0.1:8080->80/tcp"},
		{item: `{target: 80, published: "8080", host_ip: "::1"}`, binds: "[::1]:8080->80/tcp"},
		{item: `{target: 80, published: "8080", host_ip: "::ffff:1.2.3.4"}`, binds: "[::ffff:1.2.3.4]:8080->80/tcp"},

		{item: `{target: 80, published: "abc"}`, bad: `"abc"`},
		{item: `{target: 80, published: "70000"}`, bad: `"70000"`},
		{item: `{target: 80, published: "-1"}`, bad: `"-1"`},
		{item: `{target: 80, published: "127.0.0.1:8080"}`, bad: `"127.0.0.1:8080"`},
		{item: `{target: 80, published: "8090-8080"}`, bad: `"8090-8080"`},
		{item: `{target: 80, published: "0-5"}`, bad: `"0-5"`},
		{item: `{target: 80, published: 8080.0}`, bad: `8080.0`},
		{item: `{published: "8080"}`, bad: `{published: "8080"}`},
		{item: `{target: 80-82, published: "8080"}`, bad: `80-82`},
		{item: `{target: "", published: "8080"}`, bad: `""`},
		{item: `{target: 80.5, published: "8080"}`, bad: `80.5`},
		{item: `{target: 80, published: "+8080"}`, bad: `"+8080"`},
		{item: `{target: 70000, published: "8080"}`, bad: `70000`},
		{item: `{target: -1, published: "8080"}`, bad: `-1`},
		{item: `{target: 80, published: "8080", host_ip: localhost}`, bad: `localhost`},
		{item: `{target: 80, published: "8080", host_ip: ""}`, bad: `""`},
		{item: `{target: 80, published: "8080", protocol: foo}`, bad: `foo`},
	})
}

// onItem is a service "web" with one quoted item.
func onItem(item string) string {
	return fmt.Sprintf("services: {web: {image: i, ports: [%q]}}\n", item)
}

// yamlCases are the types of YAML, and keys that the schema refuses.
var yamlCases = []edgeCase{
	{name: "published without a value", files: "services: {web: {image: i, ports: [{target: 80, published: }]}}\n",
		want: unloadable + "published"},
	{name: "published as a list", files: "services: {web: {image: i, ports: [{target: 80, published: [8080]}]}}\n",
		want: unloadable + "published"},
	{name: "an unknown key", files: "services: {web: {image: i, ports: [{target: 80, published: 8080, bogus: 1}]}}\n",
		want: unloadable + "bogus"},
	{name: "container port 0", files: "services: {web: {image: i, ports: [{target: 0, published: 8080}]}}\n",
		binds: "web 8080->0/tcp", want: "invalid-port possible error web 0", says: "engine 29.2 and newer"},
	{name: "no sexagesimal numbers", files: "services: {web: {image: i, ports: [22:22, 3:30]}}\n",
		binds: "web 22->22/tcp\nweb 3->30/tcp"},
	{name: "010 is 8", files: "services: {web: {image: i, ports: [010]}}\n", binds: "web *->8/tcp"},
	{name: "0o10 is 8", files: "services: {web: {image: i, ports: [0o10]}}\n", binds: "web *->8/tcp"},
	{name: "hexadecimal", files: "services: {web: {image: i, ports: [0x1F90]}}\n", binds: "web *->8080/tcp"},
	{name: "underscore", files: "services: {web: {image: i, ports: [8_080]}}\n", binds: "web *->8080/tcp"},
	{name: "0080 is a float", files: "services: {web: {image: i, ports: [0080]}}\n", binds: "none", want: badPort + "web 0080"},
	{name: "80.0 is a float", files: "services: {web: {image: i, ports: [80.0]}}\n", binds: "none", want: badPort + "web 80.0"},
	{name: "true", files: "services: {web: {image: i, ports: [true]}}\n", binds: "none", want: badPort + "web true"},
	{name: "null", files: "services: {web: {image: i, ports: [~]}}\n", binds: "none", want: badPort + "web ~"},
	{name: "a list", files: "services: {web: {image: i, ports: [[8080]]}}\n", binds: "none", want: badPort + "web [8080]"},
	{name: "a map for a pair", files: "services: {web: {image: i, ports: [8080: 80]}}\n", binds: "none",
		want: badPort + "web 8080: 80"},
	{name: "a string for the list", files: "services: {web: {image: i, ports: \"8080:80\"}}\n", binds: "none",
		want: unloadable + "ports"},
	{name: "a mapping for the list", files: "services: {web: {image: i, ports: {a: b}}}\n", binds: "none",
		want: unloadable + "ports"},
	{name: "nothing for the list", files: "services: {web: {image: i, ports: }}\n", binds: "none", want: unloadable + "ports"},
	{name: "an empty list", files: "services: {web: {image: i, ports: []}}\n", binds: "none"},
	{name: "ports twice", files: "services:\n  web:\n    image: i\n    ports: [\"80:80\"]\n    ports: [\"81:81\"]\n",
		want: unloadable + `ports: ["81:81"]`},
	{name: "an alias for an item", files: "x-p: &p \"8080:80\"\nservices: {web: {image: i, ports: [*p]}}\n",
		binds: "web 8080->80/tcp"},
	{name: "an alias for the list", files: "x-p: &p [\"8080:80\"]\nservices: {web: {image: i, ports: *p}}\n",
		binds: "web 8080->80/tcp"},
	{name: "a merge key in an item",
		files: "x-p: &p {target: 80}\nservices: {web: {image: i, ports: [{<<: *p, published: \"8080\"}]}}\n",
		binds: "web 8080->80/tcp"},
}

// valueCases are interpolation: with the process environment where they have one.
var valueCases = []edgeCase{
	{name: "a value", env: "P=8080", files: onItem("${P}:80"), binds: "web 8080->80/tcp"},
	{name: "without braces", env: "P=8080", files: onItem("$P:80"), binds: "web 8080->80/tcp"},
	{name: "a range", env: "R=8000-8002", files: onItem("${R}:83"), binds: "web 8000-8002->83/tcp"},
	{name: "the whole item", env: "P=127.0.0.1:8080:80/udp", files: onItem("${P}"), binds: "web 127.0.0.1:8080->80/udp"},
	{name: "unset is picked", env: "-", files: onItem("${P}:80"), binds: "web *->80/tcp", want: unsetVar + "web"},
	{name: "unset is not known in a checkout", files: onItem("${P}:80"), binds: "web ?${P}->80/tcp", want: unsetVar + "web"},
	{name: "an unset address", env: "-", files: onItem("${P}:8080:80"), binds: "web 8080->80/tcp"},
	{name: "an unset address in a checkout", files: onItem("${ADDR}:8080:80"), binds: "web ?8080->80/tcp"},
	{name: "a default address", env: "-", files: onItem("${ADDR:-127.0.0.1}:8080:80"), binds: "web 127.0.0.1:8080->80/tcp"},
	{name: "an address with its colon", env: "ADDR=127.0.0.1:", files: onItem("${ADDR}8080:80"), binds: "web 127.0.0.1:8080->80/tcp"},
	{name: "an unset port behind an address", env: "-", files: onItem("127.0.0.1:${P}:80"),
		binds: "web 127.0.0.1:*->80/tcp", want: unsetVar + "web"},
	{name: "an unset item", env: "-", files: onItem("${P}"), binds: "none", want: badPort + `web "${P}"`},
	{name: "empty is unset for :-", env: "P=", files: onItem("${P:-8080}:80"), binds: "web 8080->80/tcp"},
	{name: "empty is a value for -", env: "P=", files: onItem("${P-8080}:80"), binds: "web *->80/tcp"},
	{name: "a default", env: "-", files: onItem("${P:-8080}:80"), binds: "web 8080->80/tcp"},
	{name: "the value beats the default", env: "P=9090", files: onItem("${P:-8080}:80"), binds: "web 9090->80/tcp"},
	{name: "a default in a default", env: "-", files: onItem("${P:-${Q:-8080}}:80"), binds: "web 8080->80/tcp"},
	{name: ":+ with a value", env: "H=1", files: onItem("${H:+7000:}80"), binds: "web 7000->80/tcp"},
	{name: ":+ without one", env: "-", files: onItem("${H:+7000:}80"), binds: "web *->80/tcp"},
	{name: "demanded with a value", env: "P=8080", files: onItem("${P:?say so}:80"), binds: "web 8080->80/tcp"},
	{name: "demanded without one", env: "-", files: onItem("${P:?say so}:80"), want: unloadable + "ports"},
	{name: "demanded in a checkout", files: onItem("${P:?say so}:80"), binds: "web ?${P:?say so}->80/tcp"},
	{name: "$$ is a dollar", env: "-", files: onItem("$$P:80"), binds: "none", want: badPort + "web $$P"},
	{name: ":= is not known", files: onItem("${P:=8080}:80"), binds: "none", want: badPort + "web :="},
	{name: "no closing brace", files: onItem("${P:-8080:80"), binds: "none", want: badPort + `web "${P:-8080:80"`},
	{name: "a value that is no port", env: "P=http", files: onItem("${P}:80"), binds: "none", want: badPort + "web ${P}"},
	{name: "a default that is no port", files: onItem("${P:-80800}:80"), binds: "none", want: badPort + "web ${P:-80800}"},
	{name: "a long target is cast", env: "T=80", files: "services: {web: {image: i, ports: [{target: \"${T}\", published: \"8080\"}]}}\n",
		binds: "web 8080->80/tcp"},
	{name: "a long target that is a range", env: "T=80-82",
		files: "services: {web: {image: i, ports: [{target: \"${T}\", published: \"8080\"}]}}\n", binds: "none",
		want: badPort + `web "${T}"`},
	{name: "a long published range", env: "R=8000-8002",
		files: "services: {web: {image: i, ports: [{target: 80, published: \"${R}\"}]}}\n", binds: "web 8000-8002->80/tcp"},
	{name: "a long published number is a string", env: "P=8080",
		files: "services: {web: {image: i, ports: [{target: 80, published: $P}, \"8080:80\"]}}\n", binds: "web 8080->80/tcp"},
	{name: "an unset long published", env: "-",
		files: "services: {web: {image: i, ports: [{target: 80, published: \"${P}\"}]}}\n", binds: "web *->80/tcp",
		want: unsetVar + "web"},
	{name: "env_file feeds no interpolation", env: "-", files: `
services: {web: {image: i, env_file: web.env, ports: ["${P}:80"]}}
-- web.env --
P=8080
`, binds: "web *->80/tcp", want: unsetVar + "web"},
	{name: "the shell beats .env", env: "P=9090", files: onItem("${P}:80") + "-- .env --\nP=8080\n", binds: "web 9090->80/tcp"},
	{name: "the shell is not read in a checkout", files: onItem("${P}:80") + "-- .env --\nP=8080\n", binds: "web 8080->80/tcp"},
	{name: "an example is a guess", files: `
services: {a: {image: i, ports: ["${P}:80"]}, b: {image: i, ports: ["8080:80"]}}
-- .env.example --
P=8080
`, binds: "a 8080->80/tcp\nb 8080->80/tcp", want: maybeDup + "a,b", says: ".env.example"},
	{name: "one unset variable for two", files: `
services: {a: {image: i, ports: ["${P}:80"]}, b: {image: i, ports: ["${P}:80"]}}
`, want: maybeDup + "a,b\n" + unsetVar + "a\n" + unsetVar + "b"},
	{name: "one unset variable for two, both picked", env: "-", files: `
services: {a: {image: i, ports: ["${P}:80"]}, b: {image: i, ports: ["${P}:80"]}}
`, binds: "a *->80/tcp\nb *->80/tcp", want: unsetVar + "a\n" + unsetVar + "b"},
}
