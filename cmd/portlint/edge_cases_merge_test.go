package main

// mergeCases are what override files, documents, extends, include and merge keys do to `ports`.
var mergeCases = []edgeCase{
	{name: "1 a second document adds", files: `
services: {web: {image: i, ports: ["8080:80"]}}
---
services: {web: {ports: ["9090:80"]}}
`, binds: "web 8080->80/tcp\nweb 9090->80/tcp", want: addsPort + "web"},
	{name: "1 so does a file over an included one", files: `
include: [c.yaml]
services: {web: {ports: ["9090:80"]}}
-- c.yaml --
services: {web: {image: i, ports: ["8080:80"]}}
`, binds: "web 8080->80/tcp\nweb 9090->80/tcp", want: addsPort + "web"},
	{name: "1 another container port is meant to be added", files: `
services: {web: {image: i, ports: ["8080:80"]}}
-- compose.override.yaml --
services: {web: {ports: ["9090:81"]}}
`, binds: "web 8080->80/tcp\nweb 9090->81/tcp"},
	{name: "1 equal items are one", files: `
services: {web: {image: i, ports: ["8080:80"]}}
-- compose.override.yaml --
services: {web: {ports: ["8080:80"]}}
`, binds: "web 8080->80/tcp"},
	{name: "2 an override narrows nothing", files: `
services: {web: {image: i, ports: ["8080:80"]}}
-- compose.override.yaml --
services: {web: {ports: ["127.0.0.1:8080:80"]}}
`, binds: "web 8080->80/tcp\nweb 127.0.0.1:8080->80/tcp", want: sureDup + "web"},
	{name: "3 but to IPv4", files: `
services: {web: {image: i, ports: ["8080:80"]}}
-- compose.override.yaml --
services: {web: {ports: ["0.0.0.0:8080:80"]}}
`, sockets: "0.0.0.0:8080/tcp"},
	{name: "3 and widens from there", files: `
services: {web: {image: i, ports: ["0.0.0.0:8080:80"]}}
-- compose.override.yaml --
services: {web: {ports: ["8080:80"]}}
`, sockets: "0.0.0.0:8080/tcp [::]:8080/tcp"},
	{name: "3 the last wins at the place of the first", files: `
services: {web: {image: i, ports: ["8080:80", "9090:90", "0.0.0.0:8080:80"]}}
`, binds: "web 0.0.0.0:8080->80/tcp\nweb 9090->90/tcp"},
	{name: "4 [::] is another key", files: `
services: {web: {image: i, ports: ["8080:80"]}}
-- compose.override.yaml --
services: {web: {ports: ["[::]:8080:80"]}}
`, want: sureDup + "web"},
	{name: "5 an integer is no string in the long form", files: `
services: {web: {image: i, ports: [{target: 80, published: 8080}, {target: 80, published: "8080"}]}}
`, want: sureDup + "web"},
	{name: "5 integer and integer are one", files: `
services: {web: {image: i, ports: [{target: 80, published: 8080}, {target: 80, published: 8080}]}}
`, binds: "web 8080->80/tcp"},
	{name: "5 across files", files: `
services: {web: {image: i, ports: ["8080:80"]}}
-- compose.override.yaml --
services: {web: {ports: [{target: 80, published: 8080}]}}
`, want: sureDup + "web"},
	{name: "5 octal is an integer too", files: `
services: {web: {image: i, ports: [{target: 80, published: 017620}, "8080:80"]}}
`, want: sureDup + "web"},
	{name: "6 the long form keeps its zero", files: `
services: {web: {image: i, ports: [{target: 80, published: "08080"}, "8080:80"]}}
`, want: sureDup + "web"},
	{name: "6 and its one-port range", files: `
services: {web: {image: i, ports: [{target: 80, published: 8080-8080}, "8080:80"]}}
`, want: sureDup + "web"},
	{name: "6 and its letters", files: `
services: {web: {image: i, ports: [{target: 80, published: "8080", protocol: TCP}, "8080:80"]}}
`, want: sureDup + "web"},
	{name: "7 name and mode are not in the key", files: `
services: {web: {image: i, ports: [{target: 80, published: "8080", name: a, mode: host}, {target: 80, published: "8080", name: b, app_protocol: http}]}}
`, binds: "web 8080->80/tcp"},
	{name: "7 with integers neither", files: `
services: {web: {image: i, ports: [{target: 80, published: 8080, name: a}, {target: 80, published: 8080, name: b}]}}
`, binds: "web 8080->80/tcp"},
	{name: "8 a pool and its member stay", files: `
services: {web: {image: i, ports: ["8000-8002:80", "8001:80"]}}
`, binds: "web 8000-8002->80/tcp\nweb 8001->80/tcp", want: races + "web", says: "engines up to 26"},
	{name: "9 a range and its member are one", files: `
services: {web: {image: i, ports: ["8000-8002:80-82", "8001:81"]}}
`, binds: "web 8000->80/tcp\nweb 8001->81/tcp\nweb 8002->82/tcp"},
	{name: "9 two ranges that share a part", files: `
services: {web: {image: i, ports: ["8000-8001:80-81", "8001-8002:81-82"]}}
`, binds: "web 8000->80/tcp\nweb 8001->81/tcp\nweb 8002->82/tcp"},
	{name: "9 two ranges that are shifted", files: `
services: {web: {image: i, ports: ["8000-8001:80-81", "8001-8002:80-81"]}}
`, want: sureDup + "web", says: "8001/tcp"},
	{name: "10 no value clears nothing", files: `
services: {web: {image: i, ports: ["8080:80"]}}
-- compose.override.yaml --
services: {web: {ports: }}
`, binds: "web 8080->80/tcp"},

	{name: "!reset null", files: `
services: {web: {image: i, ports: ["8080:80"]}}
-- compose.override.yaml --
services: {web: {ports: !reset null}}
`, binds: "none"},
	{name: "!reset of one item drops that item only", files: `
services: {web: {image: i, ports: ["8080:80"]}}
-- compose.override.yaml --
services: {web: {ports: [!reset "8080:80", "9090:90"]}}
`, binds: "web 8080->80/tcp\nweb 9090->90/tcp"},
	{name: "!reset of a service", files: `
services: {web: {image: i, ports: ["8080:80"]}, api: {image: i, ports: ["8080:80"]}}
-- compose.override.yaml --
services: {api: !reset null}
`, binds: "web 8080->80/tcp"},
	{name: "!override of a service", files: `
services: {web: {image: i, ports: ["8080:80"]}}
-- compose.override.yaml --
services: {web: !override {image: j, ports: ["9090:80"]}}
`, binds: "web 9090->80/tcp"},
	{name: "!override of what is extended", files: `
services: {web: {extends: {file: base.yaml, service: base}, ports: !override ["9090:80"]}}
-- base.yaml --
services: {base: {image: i, ports: ["8080:80"]}}
`, binds: "web 9090->80/tcp"},
	{name: "!override takes what came before only", flags: "-f a.yaml -f b.yaml -f c.yaml", files: `
-- a.yaml --
services: {web: {image: i, ports: ["8080:80"]}}
-- b.yaml --
services: {web: {ports: !override ["9090:80"]}}
-- c.yaml --
services: {web: {ports: ["7070:70"]}}
`, binds: "web 9090->80/tcp\nweb 7070->70/tcp"},
	{name: "!override in the first file", flags: "-f b.yaml -f a.yaml", files: `
-- a.yaml --
services: {web: {image: i, ports: ["8080:80"]}}
-- b.yaml --
services: {web: {ports: !override ["9090:80"]}}
`, binds: "web 9090->80/tcp\nweb 8080->80/tcp", want: addsPort + "web"},
	{name: "!override in a second document", files: `
services: {web: {image: i, ports: ["8080:80"]}}
---
services: {web: {ports: !override ["9090:80"]}}
`, binds: "web 9090->80/tcp"},

	{name: "a merge key brings ports", files: `
x-base: &base {image: i, ports: ["8080:80"]}
services: {a: {<<: *base}, b: {<<: *base}}
`, want: sureDup + "a,b"},
	{name: "of two merge keys the first", files: `
x-one: &one {image: i, ports: ["8080:80"]}
x-two: &two {image: i, ports: ["9090:80"]}
services: {a: {<<: [*one, *two]}}
`, binds: "a 8080->80/tcp"},
	{name: "an aliased list is merged too", files: `
x-p: &p ["8080:80"]
services: {a: {image: i, ports: *p}}
-- compose.override.yaml --
services: {a: {ports: ["9090:90"]}}
`, binds: "a 8080->80/tcp\na 9090->90/tcp"},

	{name: "extends over two steps", files: `
services: {a: {extends: {file: b.yaml, service: b}, ports: ["1001:1"]}}
-- b.yaml --
services: {b: {extends: {file: c.yaml, service: c}, ports: ["1002:2"]}}
-- c.yaml --
services: {c: {image: i, ports: ["1003:3"]}}
`, binds: "a 1003->3/tcp\na 1002->2/tcp\na 1001->1/tcp"},
	{name: "two services extend one of another file", files: `
services: {a: {extends: {file: b.yaml, service: b}}, c: {extends: {file: b.yaml, service: b}}}
-- b.yaml --
services: {b: {image: i, ports: ["8080:80"]}}
`, want: sureDup + "a,c"},
	{name: "extends does not include", files: `
services: {a: {extends: {file: b.yaml, service: b}}}
-- b.yaml --
include: [c.yaml]
services: {b: {image: i, ports: ["8080:80"]}}
-- c.yaml --
services: {d: {image: i, ports: ["8080:80"]}}
`, binds: "a 8080->80/tcp"},
	{name: "extends of what is not there", files: `
services: {a: {extends: {file: b.yaml, service: c}}}
-- b.yaml --
services: {b: {image: i}}
`, want: unloadable + "c"},
	{name: "a circle of extends", files: `
services: {a: {image: i, extends: b}, b: {extends: a}}
`, want: unloadable + "a"},

	{name: "an included service beside one of ours", files: `
include: [c.yaml]
services: {web: {image: i, ports: ["8080:80"]}}
-- c.yaml --
services: {api: {image: i, ports: ["8080:80"]}}
`, want: sureDup + "api,web"},
	{name: "include with an override", files: `
include: [{path: [c.yaml, d.yaml]}]
-- c.yaml --
services: {api: {image: i, ports: ["8080:80"]}}
-- d.yaml --
services: {api: {ports: ["9090:80"]}}
`, binds: "api 8080->80/tcp\napi 9090->80/tcp", want: addsPort + "api"},
	{name: "one file included twice", files: `
include: [b.yaml, c.yaml]
-- b.yaml --
include: [d.yaml]
-- c.yaml --
include: [d.yaml]
-- d.yaml --
services: {db: {image: i, ports: ["5432:5432"]}}
`, binds: "db 5432->5432/tcp"},
	{name: "the include's own .env", files: `
include: [sub/c.yaml]
-- sub/c.yaml --
services: {a: {image: i, ports: ["${P}:80"]}}
-- sub/.env --
P=2000
`, binds: "a 2000->80/tcp"},
	{name: "its env_file in place of that", files: `
include: [{path: sub/c.yaml, env_file: other.env}]
-- sub/c.yaml --
services: {a: {image: i, ports: ["${P:-1000}:80"]}}
-- sub/.env --
P=2000
-- other.env --
P=3000
`, binds: "a 3000->80/tcp"},
	{name: "it ends with the include", files: `
include: [sub/c.yaml]
services: {b: {image: i, ports: ["${P:-1000}:80"]}}
-- sub/c.yaml --
services: {a: {image: i, ports: ["${P}:80"]}}
-- sub/.env --
P=2000
`, binds: "a 2000->80/tcp\nb 1000->80/tcp"},
	{name: "a remote include is not known", files: `
include: ["oci://registry.example/x"]
services: {b: {image: i, ports: ["8080:80"]}}
`, binds: "b 8080->80/tcp"},
}

// fileCases are which files and which environment a project is made of.
var fileCases = []edgeCase{
	{name: "compose.yaml beats docker-compose.yml", files: "services: {a: {image: i, ports: [\"1:1\"]}}\n-- docker-compose.yml --\nservices: {a: {image: i, ports: [\"2:2\"]}}\n",
		binds: "a 1->1/tcp"},
	{name: "docker-compose.yml beats docker-compose.yaml", files: "-- docker-compose.yaml --\nservices: {a: {image: i, ports: [\"1:1\"]}}\n-- docker-compose.yml --\nservices: {a: {image: i, ports: [\"2:2\"]}}\n",
		binds: "a 2->2/tcp"},
	{name: "one override, .yml first", files: "services: {a: {image: i}}\n-- compose.override.yml --\nservices: {a: {ports: [\"1:1\"]}}\n-- compose.override.yaml --\nservices: {a: {ports: [\"2:2\"]}}\n",
		binds: "a 1->1/tcp"},
	{name: "the parent's project", cwd: "sub/deep", files: onItem("${P:-1000}:80"), binds: "web 1000->80/tcp"},
	{name: "-f in order", flags: "-f b.yaml -f a.yaml", files: "-- a.yaml --\nservices: {a: {image: i, ports: [\"1:1\"]}}\n-- b.yaml --\nservices: {a: {image: i, ports: [\"2:2\"]}}\n",
		binds: "a 2->2/tcp\na 1->1/tcp"},
	{name: "-f of the parent reads its .env alone", cwd: "sub", flags: "-f ../compose.yaml", files: onItem("${P}:80") + "-- .env --\nP=1000\n-- sub/.env --\nP=2000\n",
		binds: "web 1000->80/tcp"},
	{name: "COMPOSE_FILE reads no override", env: "COMPOSE_FILE=compose.yaml", files: onItem("1:1") + "-- compose.override.yaml --\nservices: {web: {ports: [\"2:2\"]}}\n",
		binds: "web 1->1/tcp"},
	{name: "COMPOSE_FILE with a separator", env: "COMPOSE_FILE=a.yaml,compose.yaml COMPOSE_PATH_SEPARATOR=,", files: onItem("1:1") + "-- a.yaml --\nservices: {web: {ports: [\"2:2\"]}}\n",
		binds: "web 2->2/tcp\nweb 1->1/tcp"},
	{name: "COMPOSE_FILE of .env", files: onItem("1:1") + "-- a.yaml --\nservices: {web: {image: i, ports: [\"2:2\"]}}\n-- .env --\nCOMPOSE_FILE=a.yaml\n",
		binds: "web 2->2/tcp"},
	{name: "COMPOSE_FILE of the parent reads both .env, ours first", cwd: "sub", env: "COMPOSE_FILE=../compose.yaml", files: onItem("${P}:${Q}") + "-- .env --\nP=1\nQ=1\n-- sub/.env --\nP=2\n",
		binds: "web 2->1/tcp"},
	{name: "--env-file in place of .env", flags: "--env-file a.env", files: onItem("${P}:${Q:-9}") + "-- .env --\nP=1\nQ=1\n-- a.env --\nP=2\n",
		binds: "web 2->9/tcp"},
	{name: "of --env-file the later", flags: "--env-file a.env --env-file b.env", files: onItem("${P}:${Q}") + "-- a.env --\nP=1\nQ=1\n-- b.env --\nP=2\n",
		binds: "web 2->1/tcp"},
	{name: "COMPOSE_ENV_FILES", env: "COMPOSE_ENV_FILES=a.env,b.env", files: onItem("${P}:${Q}") + "-- a.env --\nP=1\nQ=1\n-- b.env --\nP=2\n",
		binds: "web 2->1/tcp"},
	{name: "COMPOSE_DISABLE_ENV_FILE", env: "COMPOSE_DISABLE_ENV_FILE=1", files: onItem("${P:-9000}:80") + "-- .env --\nP=1\n", binds: "web 9000->80/tcp"},
	{name: "COMPOSE_DISABLE_ENV_FILE works in the environment alone", env: "-", files: onItem("${P:-9000}:80") + "-- .env --\nP=1000\nCOMPOSE_DISABLE_ENV_FILE=1\n",
		binds: "web 1000->80/tcp"},
}
