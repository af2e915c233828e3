package dockerapi

import (
	"fmt"
	"strings"
	"testing"
)

func TestReadDaemon(t *testing.T) {
	const bind = "com.docker.network.bridge.host_binding_ipv4"
	for _, c := range []struct{ args, file, text, want string }{
		{"dockerd", daemonFile, "", "{false map[] []}"},
		{"dockerd -H fd://", daemonFile, `{"userland-proxy": true, "debug": true}`, "{false map[] []}"},
		{"dockerd", daemonFile, `{"userland-proxy": false}`, "{true map[] []}"},
		{"dockerd --userland-proxy=false", daemonFile, "{}", "{true map[] []}"},
		{"dockerd --config-file /x.json", "/x.json", `{"userland-proxy": false}`, "{true map[] []}"},
		{"dockerd --config-file=/x.json", daemonFile, `{"userland-proxy": false}`, "{false map[] []}"},
		{"dockerd", daemonFile, `{"default-network-opts": {"bridge": {"` + bind + `": "127.0.0.1"}, "overlay": {"x": "y"}}}`, "{false map[" + bind + ":127.0.0.1] []}"},
		{"dockerd --default-network-opt=bridge=a=1 --default-network-opt bridge=b=2 --default-network-opt overlay=c=3", daemonFile, "", "{false map[a:1 b:2] []}"},
		{"dockerd", daemonFile, `{"default-address-pools": [{"base": "10.80.0.0/16", "size": 24}, {"base": "x", "size": 24}]}`, "{false map[] [{10.80.0.0/16 24}]}"},
		{"dockerd --default-address-pool base=10.80.0.0/16,size=24 --default-address-pool=base=10.90.0.0/16,size=8", daemonFile, "", "{false map[] [{10.80.0.0/16 24}]}"},
		{"dockerd", daemonFile, `{"userland-proxy": "no"`, "{false map[] []}"},
	} {
		got := readDaemon(strings.Fields(c.args), func(file string) []byte {
			if file != c.file {
				return nil
			}
			return []byte(c.text)
		})
		if got := fmt.Sprintf("{%v %v %v}", got.noProxy, got.network, got.pools); got != c.want {
			t.Errorf("%s %s: %v, want %s", c.args, c.text, got, c.want)
		}
	}
}
