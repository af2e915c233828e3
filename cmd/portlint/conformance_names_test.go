//go:build linux

package main

import (
	"context"
	"net/url"
)

// A name that two projects of one play have: the one of "@-q" is called after its project, and the played project adds "-q".
const (
	named     = "services: {a: {image: i, container_name: \"${COMPOSE_PROJECT_NAME}-q\"}}\n"
	plain     = "services: {a: {image: i}}\n"
	named2    = "-- before.yaml --\nservices: {a: {image: i, environment: {X: x}, container_name: \"${COMPOSE_PROJECT_NAME}-q\"}}\n"
	other     = "-- other.yaml --\nservices: {b: {image: i, container_name: \"${COMPOSE_PROJECT_NAME}\"}}\n"
	upOther   = "compose -p @-q -f other.yaml up -d\n"
	takenName = "container name=@-q\n"
	misnamed  = upAlready + "\nrename @-q @-z\n" // ours under a name that somebody gave it
)

// nameSituations are container names, and tags of images.
var nameSituations = []situation{
	{name: "a name that nobody has", files: named, want: "OK"},
	{name: "the name of another project's container", files: named + other, before: upOther, want: "FAIL"},
	{name: "the name of another project's container that is stopped", files: named + other, before: upOther + "compose -p @-q -f other.yaml stop -t 0", want: "FAIL"},
	{name: "the name of another project's container that never ran", files: named + other, before: "compose -p @-q -f other.yaml create", want: "FAIL"},
	{name: "the name of a project that is down", files: named + other, before: upOther + "compose -p @-q -f other.yaml down -t 0", want: "OK"},
	{name: "the name of a stranger", files: named, before: takenName, want: "FAIL"},
	{name: "the name of a stranger that never ran", files: named, before: "container name=@-q created", want: "FAIL"},
	{name: "the name of a stranger that is paused", files: named, before: "container name=@-q paused", want: "FAIL"},
	{name: "the name of a stranger that is stopped", files: named, before: "container name=@-q stopped", want: "FAIL"},
	{name: "the name of a stranger that starts again and again", files: named, before: "container name=@-q restart=always command=exit,1 crashing", want: "FAIL"},
	{name: "a name in other letters", files: named, before: "container name=@-Q", want: "OK"},
	{name: "a name and a port that are taken", files: "services: {a: {image: i, container_name: \"${COMPOSE_PROJECT_NAME}-q\", ports: [\"18080:80\"]}}\n",
		before: takenName + on18080, want: "FAIL"},
	{name: "the name of our own container", files: named, before: upAlready, want: "OK"},
	{name: "the name of our own container that is stopped", files: named, before: upAlready + "\ncompose stop -t 0", want: "OK"},
	{name: "the name of our own container, made anew", files: named + named2, before: upBefore, want: "OK"},
	{name: "the name of our own container, made anew by force", files: named, before: upAlready, up: "--force-recreate", want: "OK"},
	{name: "our own container under another name", files: named, before: misnamed, want: "OK"},
	{name: "our own container under another name, ours is taken", files: named, before: misnamed + takenName, want: "OK possible"},
	{name: "our own container under another name, ours is taken, made anew", files: named + named2, before: upBefore + "rename @-q @-z\n" + takenName, want: "FAIL possible"},
	{name: "our own container under another name, ours is taken, made anew by force", files: named, before: misnamed + takenName, up: "--force-recreate", want: "FAIL"},
	{name: "our own container under another name, ours is taken, never made anew", files: named, before: misnamed + takenName, up: "--no-recreate", want: "OK"},
	{name: "a service that is called otherwise now", files: named + "-- before.yaml --\nservices: {b: {image: i, container_name: \"${COMPOSE_PROJECT_NAME}-q\"}}\n",
		before: upBefore, want: "FAIL"},
	{name: "a service that is called otherwise now, without orphans", files: named + "-- before.yaml --\nservices: {b: {image: i, container_name: \"${COMPOSE_PROJECT_NAME}-q\"}}\n",
		before: upBefore, up: "--remove-orphans", want: "FAIL|OK possible"},
	{name: "two services that swap their names", files: `services: {a: {image: i, container_name: "${COMPOSE_PROJECT_NAME}-q"}, b: {image: i, container_name: "${COMPOSE_PROJECT_NAME}-r"}}
-- before.yaml --
services: {a: {image: i, container_name: "${COMPOSE_PROJECT_NAME}-r"}, b: {image: i, container_name: "${COMPOSE_PROJECT_NAME}-q"}}
`, before: upBefore, want: "FAIL|OK possible"},
	{name: "a name that moves to a new service", files: movedName(""), before: upBefore, want: "FAIL|OK possible"},
	{name: "a name that moves to a new service, by force", files: movedName(""), before: upBefore, up: "--force-recreate", want: "FAIL|OK possible"},
	{name: "a name that moves to a new service that waits", files: movedName(", depends_on: [a]"), before: upBefore, want: "OK possible"},
	{name: "a name that moves to a new service that waits, by force", files: movedName(", depends_on: [a]"), before: upBefore, up: "--force-recreate", want: "OK"},
	{name: "a taken name of a service that is not asked for", files: "services: {a: {image: i, container_name: \"${COMPOSE_PROJECT_NAME}-q\"}, b: {image: i}}\n", before: takenName, up: "b", want: "OK"},
	{name: "a taken name that a service needs", files: "services: {a: {image: i, container_name: \"${COMPOSE_PROJECT_NAME}-q\"}, b: {image: i, depends_on: [a]}}\n", before: takenName, up: "b", want: "FAIL"},
	{name: "a taken name without replicas", files: "services: {a: {image: i, scale: 0, container_name: \"${COMPOSE_PROJECT_NAME}-q\"}, b: {image: i}}\n", before: takenName, want: "OK"},
	{name: "a taken name of a profile that is off", files: "services: {a: {image: i, profiles: [p], container_name: \"${COMPOSE_PROJECT_NAME}-q\"}, b: {image: i}}\n", before: takenName, want: "OK"},
	{name: "a taken name of a profile that is on", files: "services: {a: {image: i, profiles: [p], container_name: \"${COMPOSE_PROJECT_NAME}-q\"}, b: {image: i}}\n", before: takenName,
		global: "--profile p", want: "FAIL"},
	{name: "a taken name that a variable gives", files: "services: {a: {image: i, container_name: \"${COMPOSE_PROJECT_NAME}-${X}\"}}\n-- .env --\nX=q\n", before: takenName, want: "FAIL"},
	{name: "a taken name that an override takes away", files: named + "-- compose.override.yaml --\nservices: {a: {container_name: !reset null}}\n", before: takenName, want: "OK"},
	{name: "a taken name that an override changes", files: named + "-- compose.override.yaml --\nservices: {a: {container_name: \"${COMPOSE_PROJECT_NAME}-r\"}}\n", before: takenName, want: "OK"},
	{name: "a one-off with the name", files: named, before: "compose run -d --name @-q a", want: "FAIL"},
	{name: "a one-off with a name of its own", files: named, before: "compose run -d a", want: "OK"},
	{name: "a one-off of ours that runs, without orphans", files: named, before: "compose run -d --name @-q a", up: "--remove-orphans", want: "FAIL"},
	{name: "a one-off of ours that is over", files: named, before: "compose run --name @-q a exit 0\nover", want: "FAIL"},
	{name: "a one-off of ours that is over, without orphans", files: named, before: "compose run --name @-q a exit 0\nover", up: "--remove-orphans", want: "FAIL|OK possible"},
	{name: "Compose's own name, of a stranger", files: plain, before: "container name=@-a-1 created", want: "FAIL"},
	{name: "Compose's own name, of the second replica", files: "services: {a: {image: i, scale: 2}}\n", before: "container name=@-a-2", want: "FAIL"},
	{name: "Compose's own name, of a replica that is not asked for", files: plain, before: "container name=@-a-2", want: "OK"},
	{name: "Compose's own name, of one more replica", files: plain, before: upAlready + "\ncontainer name=@-a-2", up: "--scale a=2", want: "FAIL"},
	{name: "Compose's own name, of a replica less", files: plain, before: "compose up -d --scale a=2", want: "OK"},
	{name: "Compose's own name, of another project", files: "services: {b-c: {image: i}}\n-- other.yaml --\nservices: {c: {image: i}}\n", before: "compose -p @-b -f other.yaml up -d", want: "FAIL"},
	{name: "Compose's own name, as its first version had it", files: plain, env: "COMPOSE_COMPATIBILITY=true", before: "container name=@_a_1", want: "FAIL"},
	{name: "Compose's own name, as its first version had not", files: plain, env: "COMPOSE_COMPATIBILITY=true", before: "container name=@-a-1", want: "OK"},
	{name: "Compose's own name, as its first version had it, by a flag", files: plain, global: "--compatibility", before: "container name=@_a_1", want: "FAIL"},
	{name: "Compose's own name, as its first version had not, by a flag", files: plain, global: "--compatibility", before: "container name=@-a-1", want: "OK"},
	{name: "Compose's own name, as its first version had it, of a container of ours", files: plain, global: "--compatibility", before: upAlready + "\ncontainer name=@_a_1", want: "OK possible"},
	{name: "Compose's own name, as its first version had it, of a container of ours, made anew", files: plain, global: "--compatibility", before: upAlready + "\ncontainer name=@_a_1",
		up: "--force-recreate", want: "FAIL"},
	{name: "Compose's own name in another service", files: "services: {a: {image: i, container_name: \"${COMPOSE_PROJECT_NAME}-b-1\"}, b: {image: i}}\n", want: "FAIL refused"},
	{name: "a tag that is built", files: "services: {a: {image: i, build: .}}\n", want: "OK"},
	{name: "one tag of two services", files: "services: {a: {image: i, build: .}, b: {image: i, build: .}}\n", want: "OK"},
}

// movedName is a project whose name goes from one service to a new one.
func movedName(order string) string {
	return `services: {a: {image: i, container_name: "${COMPOSE_PROJECT_NAME}-z"}, b: {image: i, container_name: "${COMPOSE_PROJECT_NAME}-q"` + order + `}}
-- before.yaml --
services: {a: {image: i, container_name: "${COMPOSE_PROJECT_NAME}-q"}}
`
}

// rename gives a container another name, as `docker rename` does.
func (p *situationRun) rename(ctx context.Context, from, to string) error {
	return p.call(ctx, "POST", "/containers/"+url.PathEscape(from)+"/rename?name="+url.QueryEscape(to), nil, nil)
}
