package mention

import (
	"strings"
	"testing"
	"time"

	"github.com/portlint/portlint/lint"
)

// known are the containers of the tests; the service that has the last one is called like it.
var known = Names{"shop-web": true, "shop-db": true, "redis": false}

// TestNamesInCommands expects the names that a command about containers is for, in order, and nothing that only looks like one.
func TestNamesInCommands(t *testing.T) {
	for text, want := range map[string]string{
		"docker exec shop-web ls":                                "shop-web",
		"docker exec -it -u shop-db shop-web psql -h shop-db":    "shop-web",
		"docker exec -e A=b --workdir /x \"shop-web\" sh":        "shop-web",
		"docker exec \\\n  -it \\\n  shop-web sh":                "shop-web",
		"docker exec -it redis redis-cli":                        "redis",
		"docker container logs -f --tail 100 shop-web":           "shop-web",
		"podman stop shop-web shop-db; nerdctl start shop-web":   "shop-web shop-db shop-web",
		"docker cp shop-db:/dump.sql . && docker cp x shop-db:/": "shop-db shop-db",
		"docker inspect -f '{{.State.Health.Status}}' shop-web":  "shop-web",
		"docker inspect --format='{{.Id}}' shop-web)":            "shop-web",
		"\"db\": \"docker rm -f shop-db\", \"shop-web\": \"x\"":  "shop-db",
		"docker rm -f other one shop-db":                         "shop-db",
		"docker stop shop-web other shop-db":                     "shop-web shop-db",
		"run `docker logs shop-web`, then `shop-db`":             "shop-web",
		"docker ps -aq -f status=exited -f name=^/shop-web$":     "shop-web",
		"docker ps --filter \"name=shop-db\" | grep shop-web":    "shop-db",

		"docker exec web sh":                               "",
		"docker exec shop-web-2 sh":                        "",
		"docker exec x shop-web":                           "",
		"docker exec ${SHOP_WEB_NAME:-shop-web} sh":        "",
		"docker exec $(docker ps -q | head -1) shop-web":   "",
		"docker compose exec shop-web sh":                  "",
		"docker-compose logs shop-web":                     "",
		"docker run --name shop-web nginx":                 "",
		"docker pull shop-web; docker build -t shop-web .": "",
		"docker network ls --filter name=shop-web":         "",
		"docker stop to halt the redis":                    "",
		"docker exec -it other one shop-web":               "",
		"docker logs of redis":                             "",
		"docker cp shop-web /x":                            "",
		"docker volume inspect shop-web":                   "",
	} {
		if got := namesOf(known.find("run.sh", []byte(text), 0, len(text), inCommands)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestNamesAsHosts expects the names that only a container with that name answers to.
func TestNamesAsHosts(t *testing.T) {
	for text, want := range map[string]string{
		"proxy_pass http://shop-web:80;":               "shop-web",
		"URL=postgres://me:pw@shop-db:5432/x":          "shop-db",
		"CACHE=tcp://shop-db":                          "shop-db",
		"targets: ['shop-web:9090', \"shop-db:9187\"]": "shop-web shop-db",
		"fastcgi_pass shop-web:9000;":                  "shop-web",
		"command: wait-for shop-db:5432 -- run":        "shop-db",
		"DB_HOST=shop-db":                              "shop-db",
		"- MONGO_HOST=shop-db # of the data":           "shop-db",
		"  DB_HOSTNAME: \"shop-db\"":                   "shop-db",
		"{DB_HOST: shop-db, X: y}":                     "shop-db",
		"KAFKA=a://shop-web:9092,b://shop-db:9092":     "shop-web shop-db",

		"http://redis:6379": "",
		"REDIS_HOST=redis":  "",
		"http://shop-web.example.com/ http://my-shop-web:80": "",
		"http://example.com/shop-web:80":                     "",
		"http://${SHOP_WEB_NAME:-shop-web}:80":               "",
		"# http://shop-web:80":                               "",
		"image: shop-db:15":                                  "",
		"DB_IMAGE=shop-db:15":                                "",
		"FROM shop-db:15":                                    "",
		"ghcr.io/me/shop-db:15":                              "",
		"POSTGRES_DB=shop-db":                                "",
		"HOSTNAME=shop-db":                                   "",
		"VIRTUAL_HOST=shop-web":                              "",
		"upstream shop-web { server web:80; } proxy_pass http://shop-web;": "",
	} {
		if got := namesOf(known.Hosts("x.conf", []byte(text), 0, len(text))); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestLineWithPassword expects that a place whose line may hold a password is not shown.
func TestLineWithPassword(t *testing.T) {
	for text, want := range map[string]bool{
		"URL=http://shop-web:80":                        false,
		"URL=http://me@shop-web:80":                     false,
		"URL=http://me:x@shop-web:80":                   true,
		"URL=mongodb://me:x@other:1,shop-db:27017":      true,
		"URL=jdbc:postgresql://shop-db/x?password=abcd": true,
	} {
		found := known.Hosts(".env", []byte(text), 0, len(text))
		if len(found) != 1 || found[0].Quiet != want {
			t.Errorf("%q: %+v, want quiet: %v", text, found, want)
		}
	}
}

// TestPortInLineWithPassword expects the same of the places of ports.
func TestPortInLineWithPassword(t *testing.T) {
	for text, want := range map[string]bool{
		"URL=http://localhost:8080":                       false,
		"URL=http://me@localhost:8080":                    false,
		"URL=http://me:x@localhost:8080":                  true,
		"URL=http://localhost:8080/?token=abcd":           true,
		"PASSWORD=abcd\nURL=http://localhost:8080\n":      false,
		"URL=jdbc:postgresql://localhost:8080/x?pwd=abcd": true,
	} {
		found := findAll(".env", []byte(text), []pattern{localURL})
		if len(found) != 1 || found[0].Quiet != want {
			t.Errorf("%q: %+v, want quiet: %v", text, found, want)
		}
	}
}

// TestLongTextsOfNames reads texts such as no person writes: twice as long takes about twice as long.
func TestLongTextsOfNames(t *testing.T) {
	for name, text := range map[string]string{
		"commands":    "docker exec -it x ",
		"quotes":      "docker exec \" docker exec ' ",
		"open quotes": "docker stop -f '",
		"flags":       "docker stop -f -f ",
		"values":      "docker stop -f=' ",
		"filters":     "docker ps -f name=x ",
		"continued":   "docker exec x \\\n",
		"hosts":       "http://x:80 A_HOST=x y:80 ",
		"users":       "://a:b",
		"long names":  "a.b-c",
		"blank lines": "          \\\n",
	} {
		const bytes = 1 << 19
		page := []byte(strings.Repeat(text, bytes/len(text)))
		start := time.Now()
		for _, form := range []nameForm{inCommands, asHost} {
			if found := known.find("page", page, 0, len(page), form); len(found) > 0 {
				t.Errorf("%s: %v are found", name, found)
			}
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: it took %v", name, took)
		}
	}
}

// FuzzNames searches any text in both forms: what is found is a name that is looked for, where it is said to stand.
func FuzzNames(f *testing.F) {
	for _, text := range []string{"docker exec -it \"shop-web\" sh", "docker cp shop-db:/x 'a b' \\\n y", "http://a:b@shop-db:1 A_HOST=shop-web", "docker ps -f name=redis"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, form := range []nameForm{inCommands, asHost} {
			for _, m := range known.find("x", []byte(text), 0, len(text), form) {
				if _, ok := known[m.Name]; !ok || text[m.Span.Start:m.Span.End] != m.Name {
					t.Errorf("%+v in %q", m, text)
				}
			}
		}
	})
}

// namesOf are the names of what was found, in order.
func namesOf(found []lint.NameMention) string {
	var names []string
	for _, m := range found {
		names = append(names, m.Name)
	}
	return strings.Join(names, " ")
}
