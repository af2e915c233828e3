package names

import (
	"strings"
	"testing"
)

// TestVariables: the variables of one project end in the same way, and each name has its own.
func TestVariables(t *testing.T) {
	for _, c := range []struct {
		names, taken, elsewhere string
		explicit                bool
		want                    string
	}{
		{"shop-web shop-api", "", "", false, "SHOP_WEB_NAME SHOP_API_NAME"},
		{"shop-web shop-web", "", "", false, "SHOP_WEB_NAME SHOP_WEB_NAME"},
		{"shop-web db", "", "", false, "SHOP_WEB_CONTAINER_NAME DB_CONTAINER_NAME"},
		{"shop-web shop-api", "SHOP_API_NAME", "", false, "SHOP_WEB_CONTAINER_NAME SHOP_API_CONTAINER_NAME"},
		{"db", "DB_CONTAINER_NAME", "", false, "DB_CONTAINER_NAME_2"},
		{"shop-web", "", "", true, "SHOP_WEB_CONTAINER_NAME"},
		{"shop-web shop_web", "", "", false, "SHOP_WEB_NAME SHOP_WEB_NAME_2"},
		{"shop-web", "", "SHOP_WEB_NAME", false, "SHOP_WEB_NAME_2"},
		{"1-a-b 1_a.b", "", "", false, "NAME_1_A_B NAME_2_1_A_B"},
		{"Shop.Web_1", "", "", false, "SHOP_WEB_1_NAME"},
	} {
		r := Request{Names: strings.Fields(c.names), Explicit: c.explicit, Taken: map[string]bool{c.taken: true},
			Free: func(variable, _ string) bool { return variable != c.elsewhere }}
		got := Variables(r)
		var list []string
		for _, name := range r.Names {
			list = append(list, got[name])
		}
		if s := strings.Join(list, " "); s != c.want {
			t.Errorf("%s: %s, want %s", c.names, s, c.want)
		}
	}
}

// TestOfNetwork: the variable says that it is a network's, once.
func TestOfNetwork(t *testing.T) {
	for name, want := range map[string]string{"shop-net": "SHOP_NET_NAME", "app_network": "APP_NETWORK_NAME", "shop": "SHOP_NETWORK_NAME",
		"network": "NETWORK_NAME", "1net": "NETWORK_NAME_1NET", "subnet": "SUBNET_NETWORK_NAME"} {
		if got := OfNetwork(name, 1); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if got := OfNetwork("shop-net", 2); got != "SHOP_NET_NAME_2" {
		t.Errorf("the second: %s", got)
	}
}
