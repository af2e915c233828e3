package edit

import (
	"testing"

	"github.com/portlint/portlint/lint"
)

func TestPlanFixesFixedPorts(t *testing.T) {
	for _, c := range []planCase{
		{name: "styles", files: `
-- compose.yaml --
services:
  web:
    image: app
    ports:
      - "8080:80" # the site
      - 8443:443
      - '127.0.0.1:9229:9229/tcp'
      - "[::1]:5353:53/udp"
  db:
    image: db
    ports:
      - {target: 5432, published: 5432}
      - target: 9000
        published: "9000"
  flow: {image: app, ports: [7000:70, "7001:71"]}
  range:
    image: app
    ports: ["6000-6005:6000-6005", 6100-6105:61]
`, want: `
compose.yaml
  - "${WEB_HTTP_PORT:-8080}:80" # the site
  - ${WEB_HTTPS_PORT:-8443}:443
  - '127.0.0.1:${WEB_DEBUG_PORT:-9229}:9229/tcp'
  - "[::1]:${WEB_DNS_PORT:-5353}:53/udp"
  - {target: 5432, published: "${DB_PORT:-5432}"}
  published: "${DB_9000_PORT:-9000}"
  flow: {image: app, ports: ["${FLOW_PORT:-7000}:70", "${FLOW_71_PORT:-7001}:71"]}
  ports: ["${RANGE_PORT_RANGE:-6000-6005}:6000-6005", "${RANGE_61_PORT_RANGE:-6100-6105}:61"]
`},
		{name: "CRLF, tabs and no final newline", files: "-- compose.yaml --\n" +
			"services:\r\n  web:\r\n    image: app\r\n    ports:\r\n    - \"8080:80\"\t# a\r\n    - 443:443", want: `
compose.yaml
  - "${WEB_HTTP_PORT:-8080}:80"	# a<CR>
  - ${WEB_HTTPS_PORT:-443}:443
`},
		{name: "the example gets the names", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80"]}
  db: {image: db, ports: ["5432:5432", "9000:9000"]}
-- .env.example --
# the key
KEY=

# the user
USER_NAME=x
`, want: `
.env.example
  # host port of web
  WEB_PORT=8080
  
  # host port of db for 5432
  DB_PORT=5432
  
  # host port of db for 9000
  DB_9000_PORT=9000
  
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8080}:80"]}
  db: {image: db, ports: ["${DB_PORT:-5432}:5432", "${DB_9000_PORT:-9000}:9000"]}
`},
		{name: "one port on two addresses, one variable", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["127.0.0.1:8080:80", "[::1]:8080:80"]}
-- .env.example --
A=1
`, want: `
.env.example
  # host port of web
  WEB_PORT=8080
compose.yaml
  web: {image: app, ports: ["127.0.0.1:${WEB_PORT:-8080}:80", "[::1]:${WEB_PORT:-8080}:80"]}
`},
		{name: "an example without a final newline", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80"]}
-- .env.sample --
export KEY="a"
export MORE="b"`, want: `
.env.sample
  # host port of web
  export WEB_PORT="8080"
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8080}:80"]}
`},
		{name: "an example that is an env file is left alone", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80"], env_file: .env.example}
-- .env.example --
KEY=
`, want: `
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8080}:80"], env_file: .env.example}
`},
		{name: "a service that another one extends", files: `
-- compose.yaml --
services:
  y: {extends: {file: base.yaml, service: b}}
-- base.yaml --
services:
  b: {image: app, ports: ["8081:80"]}
`, want: `
base.yaml
  b: {image: app, ports: ["${B_PORT:-8081}:80"]}
`},
		{name: "one port inside, three outside", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080:80", "8081:80", "9000:90", "8082:80"]}
-- .env.example --
`, want: `
.env.example
  # host port of api for 80
  API_PORT=8080
  # host port 2 of api for 80
  API_PORT_2=8081
  # host port of api for 90
  API_90_PORT=9000
  # host port 3 of api for 80
  API_PORT_3=8082
compose.yaml
  api: {image: app, ports: ["${API_PORT:-8080}:80", "${API_PORT_2:-8081}:80", "${API_90_PORT:-9000}:90", "${API_PORT_3:-8082}:80"]}
`},
		{name: "the name of a build argument", files: `
-- compose.yaml --
services:
  web: {build: {context: ., args: [WEB_HTTPS_PORT]}, ports: ["8443:443", "8080:80"]}
  api: {build: {context: ., args: {API_PORT: "1"}}, ports: ["8081:80"]}
`, want: `
compose.yaml
  web: {build: {context: ., args: [WEB_HTTPS_PORT]}, ports: ["${WEB_HTTPS_HOST_PORT:-8443}:443", "${WEB_HTTP_PORT:-8080}:80"]}
  api: {build: {context: ., args: {API_PORT: "1"}}, ports: ["${API_HOST_PORT:-8081}:80"]}
`},
		{name: "names in use", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80"], environment: {WEB_PORT: "80"}}
  db: {image: app, ports: ["5432:5432"], env_file: db.env}
  api: {image: app, ports: ["9000:90"], labels: ["url=${API_PORT:-1}"]}
  mail: {image: app, ports: ["2525:25"]}
  shell: {image: app, ports: ["2222:22"]}
  hidden: {image: app, ports: ["7070:70"]}
-- db.env --
DB_PORT=5432
-- .env --
MAIL_PORT=1
-- .env.local --
# HIDDEN_PORT=
`, setup: func(s *fixEnv) { s.env["SHELL_PORT"] = "22" }, want: `
compose.yaml
  web: {image: app, ports: ["${WEB_HOST_PORT:-8080}:80"], environment: {WEB_PORT: "80"}}
  db: {image: app, ports: ["${DB_HOST_PORT:-5432}:5432"], env_file: db.env}
  api: {image: app, ports: ["${API_HOST_PORT:-9000}:90"], labels: ["url=${API_PORT:-1}"]}
  mail: {image: app, ports: ["${MAIL_HOST_PORT:-2525}:25"]}
  shell: {image: app, ports: ["${SHELL_HOST_PORT:-2222}:22"]}
  hidden: {image: app, ports: ["${HIDDEN_HOST_PORT:-7070}:70"]}
`},
		{name: "two protocols, one variable", files: `
-- compose.yaml --
services:
  dns: {image: app, ports: ["53:53/tcp", "53:53/udp"]}
-- .env.example --
A=1
`, want: `
.env.example
  # host port of dns
  DNS_PORT=53
compose.yaml
  dns: {image: app, ports: ["${DNS_PORT:-53}:53/tcp", "${DNS_PORT:-53}:53/udp"]}
`},
		{name: "an anchor shared by two services", files: `
-- compose.yaml --
x-base: &base
  image: app
  ports: ["8080:80"]
services:
  a: {<<: *base, profiles: [a]}
  b: {<<: *base, profiles: [b]}
`, want: `
compose.yaml
  ports: ["${A_PORT:-8080}:80"]
`},
		{name: "an alias of the list", files: `
-- compose.yaml --
services:
  a: {image: app, profiles: [a], ports: &ports ["8080:80"]}
  b: {image: app, profiles: [b], ports: *ports}
`, want: `
compose.yaml
  a: {image: app, profiles: [a], ports: &ports ["${A_PORT:-8080}:80"]}
`},
		{name: "an anchored item", files: `
-- compose.yaml --
services:
  a: {image: app, profiles: [a], ports: [&port "8080:80"]}
  b: {image: app, profiles: [b], ports: [*port]}
`, want: `
compose.yaml
  a: {image: app, profiles: [a], ports: [&port "${A_PORT:-8080}:80"]}
`},
	} {
		c.most, c.rules = lint.Safe, "fixed-port"
		t.Run(c.name, c.run)
	}
}
