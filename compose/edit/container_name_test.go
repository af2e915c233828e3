package edit

import (
	"testing"

	"github.com/portlint/portlint/lint"
)

// TestFixContainerNames: a fixed container name becomes a variable with the same default; exactly the name follows it.
func TestFixContainerNames(t *testing.T) {
	for _, c := range []planCase{
		{name: "styles", files: `
-- compose.yaml --
services:
  web:
    image: app
    container_name: shop-web # the site
  api:
    image: app
    container_name: "shop-api"
  job: {image: app, container_name: shop-job, profiles: [jobs]}
  tool: {image: app, container_name: 'shop-tool'}
  new:
    image: app
    container_name: ${NEW_NAME:-new}
`, want: `
compose.yaml
  container_name: ${SHOP_WEB_NAME:-shop-web} # the site
  container_name: "${SHOP_API_NAME:-shop-api}"
  job: {image: app, container_name: "${SHOP_JOB_NAME:-shop-job}", profiles: [jobs]}
  tool: {image: app, container_name: '${SHOP_TOOL_NAME:-shop-tool}'}
`},
		{name: "the example gets the names", files: `
-- compose.yaml --
services:
  web: {image: app, container_name: web, ports: ["8080:80"]}
-- .env.example --
KEY=
`, want: `
.env.example
  # container name of web
  WEB_CONTAINER_NAME=web
compose.yaml
  web: {image: app, container_name: "${WEB_CONTAINER_NAME:-web}", ports: ["8080:80"]}
`},
		{name: "a name of the project is taken", files: `
-- compose.yaml --
services:
  db:
    image: db
    container_name: shop-db
    environment: {SHOP_DB_NAME: shop}
`, want: `
compose.yaml
  container_name: ${SHOP_DB_CONTAINER_NAME:-shop-db}
`},
		{name: "an override has the name", files: `
-- compose.yaml --
services:
  web: {image: app, container_name: shop-web}
-- compose.override.yaml --
services:
  web: {container_name: shop-site}
`, want: `
compose.override.yaml
  web: {container_name: "${SHOP_SITE_NAME:-shop-site}"}
`},
		{name: "through extends", files: `
-- compose.yaml --
services:
  base: {image: app, container_name: shop-base}
  web: {extends: base, container_name: shop-web}
`, want: `
compose.yaml
  base: {image: app, container_name: "${SHOP_BASE_NAME:-shop-base}"}
  web: {extends: base, container_name: "${SHOP_WEB_NAME:-shop-web}"}
`},
		{name: "an anchor", files: `
-- compose.yaml --
x-app: &app
  image: app
  container_name: shop-app
services:
  web:
    <<: *app
`, want: `
compose.yaml
  container_name: ${SHOP_APP_NAME:-shop-app}
`},
		{name: "another place has the same text by an alias", files: `
-- compose.yaml --
services:
  web:
    image: app
    container_name: &n shop-web
    hostname: *n
`, want: `
not "write ${SHOP_WEB_NAME:-shop-web}", because setting SHOP_WEB_NAME would do more or less than it should: services.web.hostname of project "001" would change
`},
		{name: "another service needs it", files: `
-- compose.yaml --
services:
  vpn: {image: app, container_name: shop-vpn}
  web: {image: app, network_mode: "container:shop-vpn"}
`, want: ``},
		{name: "in an included file", files: `
-- compose.yaml --
include: [db/compose.yaml]
services:
  web: {image: app}
-- db/compose.yaml --
services:
  db: {image: db, container_name: shop-db}
`, want: `
db/compose.yaml
  db: {image: db, container_name: "${SHOP_DB_NAME:-shop-db}"}
`},
		{name: "the environment has such a variable", setup: func(s *fixEnv) { s.env["SHOP_WEB_NAME"] = "x" }, files: `
-- compose.yaml --
services:
  web: {image: app, container_name: shop-web}
`, want: `
compose.yaml
  web: {image: app, container_name: "${SHOP_WEB_CONTAINER_NAME:-shop-web}"}
`},
	} {
		c.rules, c.most = "fixed-container-name", lint.Safe
		t.Run(c.name, func(t *testing.T) { c.run(t) })
	}
}

// TestFixNetworkNames proves variables for the names of networks.
func TestFixNetworkNames(t *testing.T) {
	for _, c := range []planCase{
		{name: "a name", files: `
-- compose.yaml --
services:
  web: {image: app, networks: [back, edge, out]}
networks:
  back:
    name: shop-net
    ipam: {config: [{subnet: 10.85.0.0/24}]}
  edge: {name: shop}
  out: {external: true, name: proxy}
`, want: `
compose.yaml
  name: ${SHOP_NET_NAME:-shop-net}
  edge: {name: "${SHOP_NETWORK_NAME:-shop}"}
`},
		{name: "another network of the project has the name", files: `
-- compose.yaml --
services:
  web: {image: app, networks: [a, b]}
networks:
  a: {name: shop}
  b: {name: shop}
`},
	} {
		c.rules, c.most = "shared-network", lint.Safe
		t.Run(c.name, c.run)
	}
}
