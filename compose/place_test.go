package compose

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint"
)

// describe writes each port with its place: service, host side, container port, line:column of the host port with its
// text (or of the item), variable, origin and layer.
func describe(l Loaded) []string {
	var out []string
	for _, b := range l.Project.Bindings() {
		pos := l.Sources.Position(b.Span().File, b.Span().Start)
		host := b.PortText()
		if b.HostIP.IsValid() {
			host = lint.HostPort(b.HostIP, host)
		}
		line := fmt.Sprintf("%s %s:%d/%s %s:%d:%d %s", b.Service, host, b.Target, b.Proto,
			filepath.Base(b.Span().File), pos.Line, pos.Column, l.Sources.Text(b.Span()))
		if b.Var != "" {
			line += fmt.Sprintf(" var=%s from=%s", b.Var, filepath.Base(b.From.String()))
		}
		if b.Layer.Kind != "file" {
			line += " " + b.Layer.Kind
		}
		out = append(out, line)
	}
	return out
}

// TestPlaces reads projects that are hard to place and wants each host port cut out of the right file at the right
// line and column, the last writer winning.
func TestPlaces(t *testing.T) {
	tests := map[string]struct {
		files string
		opts  Options
		want  []string
	}{
		"short syntax": {files: `
-- compose.yaml --
services:
  web:
    image: a
    ports:
      - "8080:80" # trailing
      - '127.0.0.1:8081:81/udp'
      - 22:22
      - "[::1]:8083:83"
      - 9000-9001:90-91
      - "9100-9110:92"
      - 80
      - "0:99"
`, want: []string{
			"web 8080:80/tcp compose.yaml:5:10 8080",
			"web 127.0.0.1:8081:81/udp compose.yaml:6:20 8081",
			"web 22:22/tcp compose.yaml:7:9 22",
			"web [::1]:8083:83/tcp compose.yaml:8:16 8083",
			"web 9000:90/tcp compose.yaml:9:9 9000-9001",
			"web 9001:91/tcp compose.yaml:9:9 9000-9001",
			"web 9100-9110:92/tcp compose.yaml:10:10 9100-9110",
			"web :80/tcp compose.yaml:11:9 80",
			"web :99/tcp compose.yaml:12:10 0",
		}},
		"long syntax": {files: `
-- compose.yaml --
services:
  web:
    image: a
    ports:
      - target: 80
        published: 8080
        host_ip: 127.0.0.1
      - {target: 81, published: "8081-8082", protocol: udp}
      - target: 82
      - target: 83
        published: "${P:-8083}"
`, want: []string{
			"web 127.0.0.1:8080:80/tcp compose.yaml:6:20 8080",
			"web 8081-8082:81/udp compose.yaml:8:34 8081-8082",
			"web :82/tcp compose.yaml:9:9 target: 82",
			"web 8083:83/tcp compose.yaml:11:21 ${P:-8083} var=P from=default",
		}},
		"yaml integers": {files: `
-- compose.yaml --
services:
  web:
    image: a
    ports:
      - {target: 80, published: 010}
      - {target: 81, published: 0x1F90}
      - 0x50
`, want: []string{
			"web 8:80/tcp compose.yaml:5:33 010",
			"web 8080:81/tcp compose.yaml:6:33 0x1F90",
			"web :80/tcp compose.yaml:7:9 0x50",
		}},
		"variables": {files: `
-- compose.yaml --
services:
  web:
    image: a
    ports:
      - "${A}:80"
      - "$B:81"
      - "${C:-8082}:82"
      - "${D:-127.0.0.1:8083}:83"
      - "${BIND:-}:${E:-8084}:84"
      - "${F}:85"
      - "${G:-${A}}:86"
      - "${LOW}-${HIGH}:87"
      - "${H:+7000:}88"
      - "${I:-80}89:89"
-- .env --
A=8080
B=8081
F=127.0.0.1:8085
LOW=9000
HIGH=9002
H=1
`, want: []string{
			"web 8080:80/tcp compose.yaml:5:10 ${A} var=A from=.env",
			"web 8081:81/tcp compose.yaml:6:10 $B var=B from=.env",
			"web 8082:82/tcp compose.yaml:7:10 ${C:-8082} var=C from=default",
			"web 127.0.0.1:8083:83/tcp compose.yaml:8:25 8083 var=D from=default",
			"web 8084:84/tcp compose.yaml:9:20 ${E:-8084} var=E from=default",
			"web 127.0.0.1:8085:85/tcp compose.yaml:10:9 \"${F}:85\" var=F from=.env",
			"web 8080:86/tcp compose.yaml:11:10 ${G:-${A}} var=G from=default",
			"web 9000-9002:87/tcp compose.yaml:12:10 ${LOW}-${HIGH} var=LOW from=.env",
			"web 7000:88/tcp compose.yaml:13:9 \"${H:+7000:}88\" var=H from=.env",
			"web 8089:89/tcp compose.yaml:14:10 ${I:-80}89 var=I from=default",
		}},
		"byte order mark, CRLF, CJK, tab, NBSP, flow": {files: "-- compose.yaml --\n\xef\xbb\xbfservices: {}\r\nx-日本: [日本,\u00a0x]\r\n---\r\nservices:\r\n  w:\r\n" +
			"    image: a\r\n    x-n: \"日本\"\t# 日本\r\n    ports: [ 1:1, \"8080:80\" ,\t'81:81']\t# x\r\n",
			want: []string{
				"w 1:1/tcp compose.yaml:8:14 1 document",
				"w 8080:80/tcp compose.yaml:8:20 8080 document",
				"w 81:81/tcp compose.yaml:8:32 81 document",
			}},
		"anchors, aliases, tags, block scalars": {files: `
-- compose.yaml --
x-port: &port "8080:80"
x-ports: &ports
  - 8090:90
x-base: &base
  image: a
  ports: ["8100:100"]
services:
  a:
    image: a
    ports: [*port, &q 22:22, !!str 23:23]
  b: {image: a, ports: *ports}
  c:
    <<: *base
  d:
    <<: *base
    ports:
      - >-
        8200:80
      - |-
        8201:81
      - "8202\x3a82"
      - "82\
        03:83"
`, want: []string{
			"a 8080:80/tcp compose.yaml:1:16 8080",
			"a 22:22/tcp compose.yaml:10:23 22",
			"a 23:23/tcp compose.yaml:10:36 23",
			"b 8090:90/tcp compose.yaml:3:5 8090",
			"c 8100:100/tcp compose.yaml:6:12 8100",
			"d 8200:80/tcp compose.yaml:18:9 8200",
			"d 8201:81/tcp compose.yaml:20:9 8201",
			"d 8202:82/tcp compose.yaml:21:9 \"8202\\x3a82\"",
			"d 8203:83/tcp compose.yaml:22:9 \"82\\\n        03:83\"",
		}},
		"override, reset": {files: `
-- compose.yaml --
services:
  a: {image: a, ports: ["8080:80", "8081:81"]}
  b: {image: a, ports: ["8082:82"]}
  c: {image: a, ports: ["8083:83"]}
  d: {image: a, ports: ["8084:84"]}
  e: {image: a, ports: ["8085:85"]}
-- compose.override.yaml --
services:
  a: {ports: ["9090:80", "0.0.0.0:8081:81"]}
  b: {ports: !override ["9092:82"]}
  c: {ports: !reset ["9093:83"]}
  d: !override {image: a, ports: ["9094:84"]}
  e: !reset null
`, want: []string{
			"a 8080:80/tcp compose.yaml:2:26 8080",
			"a 0.0.0.0:8081:81/tcp compose.override.yaml:2:35 8081 override",
			"a 9090:80/tcp compose.override.yaml:2:16 9090 override",
			"b 9092:82/tcp compose.override.yaml:3:26 9092 override",
			"d 9094:84/tcp compose.override.yaml:5:36 9094 override",
		}},
		"tags that mean nothing": {files: `
-- compose.yaml --
services:
  a:
    image: a
    ports: [!custom "8080:80", !override 8081:81, !custom 8082, {target: !custom 83, published: !custom 010}]
`, want: []string{
			"a 8080:80/tcp compose.yaml:4:22 8080",
			"a 8081:81/tcp compose.yaml:4:42 8081",
			"a :8082/tcp compose.yaml:4:59 8082",
			"a 10:83/tcp compose.yaml:4:105 010",
		}},
		"extends": {files: `
-- compose.yaml --
services:
  base: {image: a, ports: ["8080:80"]}
  a: {extends: base, ports: ["8081:81"]}
  b:
    extends: {file: sub/base.yaml, service: other}
    ports: ["8082:82"]
-- sub/base.yaml --
services:
  other:
    image: a
    extends: {file: deep.yaml, service: deep}
    ports: ["8083:83"]
-- sub/deep.yaml --
services:
  deep: {image: a, ports: ["8084:84"]}
`, want: []string{
			"a 8080:80/tcp compose.yaml:2:29 8080 extends",
			"a 8081:81/tcp compose.yaml:3:31 8081",
			"b 8084:84/tcp deep.yaml:2:29 8084 extends",
			"b 8083:83/tcp base.yaml:5:14 8083 extends",
			"b 8082:82/tcp compose.yaml:6:14 8082",
			"base 8080:80/tcp compose.yaml:2:29 8080",
		}},
		"include with its own environment": {files: `
-- compose.yaml --
include:
  - sub/compose.yaml
  - path: [two/a.yaml, two/b.yaml]
    env_file: two.env
services:
  web: {image: a, ports: ["8080:80"]}
-- .env --
P=10
-- sub/compose.yaml --
include: [deep/compose.yaml]
services:
  db: {image: a, ports: ["${P}:1", "${Q}:2"]}
  web: {image: a, ports: ["8081:81"]}
-- sub/.env --
P=20
Q=30
-- sub/deep/compose.yaml --
services:
  deep: {image: a, ports: ["${Q}:3"]}
-- two/a.yaml --
services: {two: {image: a, ports: ["${R}:4"]}}
-- two/b.yaml --
services: {two: {ports: ["${R}5:5"]}}
-- two.env --
R=40
`, want: []string{
			"db 10:1/tcp compose.yaml:3:27 ${P} var=P from=.env include",
			"db 30:2/tcp compose.yaml:3:37 ${Q} var=Q from=.env include",
			"deep 30:3/tcp compose.yaml:2:29 ${Q} var=Q from=.env include",
			"two 40:4/tcp a.yaml:1:37 ${R} var=R from=two.env include",
			"two 405:5/tcp b.yaml:1:27 ${R}5 var=R from=two.env include",
			"web 8081:81/tcp compose.yaml:4:28 8081 include",
			"web 8080:80/tcp compose.yaml:6:28 8080",
		}},
		"example files in --static": {opts: Options{Static: true}, files: `
-- compose.yaml --
services:
  web:
    image: "${IMAGE}"
    container_name: ${NAME}
    ports: ["${A}:80", "${B:?set B}:81", "${C}:82", "${RANGE}:7000-7001", "${IP}:8088:88", "${C}:${D}", "8089:${D}", "${A:-8080}:90", "${B-8082}:91"]
-- .env.example --
A=8080
B=8081
`, want: []string{
			"web 8080:80/tcp compose.yaml:5:14 ${A} var=A from=.env.example",
			"web 8081:81/tcp compose.yaml:5:25 ${B:?set B} var=B from=.env.example",
			"web ${C}:82/tcp compose.yaml:5:43 ${C} var=C from=unset",
			"web ${RANGE}:7000/tcp compose.yaml:5:54 ${RANGE} var=RANGE from=unset",
			"web ${RANGE}:7001/tcp compose.yaml:5:54 ${RANGE} var=RANGE from=unset",
			"web 8088:88/tcp compose.yaml:5:82 8088",
			"web ${C}:0/tcp compose.yaml:5:93 ${C} var=C from=unset",
			"web 8089:0/tcp compose.yaml:5:106 8089",
			"web 8080:90/tcp compose.yaml:5:119 ${A:-8080} var=A from=default",
			"web 8081:91/tcp compose.yaml:5:136 ${B-8082} var=B from=.env.example",
		}},
		"unset without --static is empty, as for Compose": {files: `
-- compose.yaml --
services:
  web: {image: a, ports: ["${A}:80", "127.0.0.1:${A}:81"]}
`, want: []string{
			"web :80/tcp compose.yaml:2:28 ${A} var=A from=unset",
			"web 127.0.0.1::81/tcp compose.yaml:2:49 ${A} var=A from=unset",
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.opts.Dir = testdir.Layout(t, strings.TrimLeft(tt.files, "\n"))
			loaded, err := Load(t.Context(), tt.opts)
			if err != nil {
				t.Fatal(err)
			}
			got := describe(loaded)
			slices.Sort(tt.want)
			slices.Sort(got)
			for _, line := range minus(got, tt.want) {
				t.Errorf("  got %s", line)
			}
			for _, line := range minus(tt.want, got) {
				t.Errorf(" want %s", line)
			}
			if t.Failed() {
				t.Log(loaded.Project.Defects, loaded.Project.Invalid)
			}
		})
	}
}
