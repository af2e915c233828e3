package plugin

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/docker/cli/cli/config"
)

var configs = map[string]string{
	"none":         "",
	"only spaces":  " \n",
	"empty":        "{}",
	"empty, lines": "{\n}\n",
	"compact":      `{"auths":{"r.example":{}},"psFormat":"table {{.ID}}"}`,
	"compact, one": `{"auths":{}}`,
	"one line":     `{ "auths": {}, "psFormat": "x" }` + "\n",
	"docker's own": "{\n\t\"auths\": {\n\t\t\"r.example\": {}\n\t},\n\t\"credsStore\": \"desktop\"\n}",
	"two spaces":   "{\n  \"credsStore\": \"desktop\",\n  \"currentContext\": \"desktop-linux\"\n}\n",
	"windows":      "{\r\n  \"credsStore\": \"wincred\"\r\n}\r\n",
	"odd":          "\n{ \"a\" : 1 ,\n\n\n   \"z\":[ 1,2 ]\n\n  }  \n\n",
	"plugins":      "{\n\t\"plugins\": {\n\t\t\"scout\": {\n\t\t\t\"hooks\": \"pull\"\n\t\t}\n\t},\n\t\"z\": true\n}",
	"no plugins":   "{\n\t\"plugins\": {}\n}",
	"features":     "{\n\t\"features\": {\n\t\t\"buildkit\": \"true\"\n\t}\n}",
	"no features":  `{"features": { }}`,
	"hooks on":     "{\n\t\"features\": {\n\t\t\"hooks\": \"true\"\n\t}\n}",
	"hooks off":    "{\n\t\"features\": {\n\t\t\"hooks\": \"false\"\n\t}\n}",
	"letters":      "{\n  \"x\": \"\\u00e9 é <&>\",\n  \"X-numbers\": 1.50e3\n}",
}

// TestEnableDisable: docker reads what is added, keeps the rest, and taking it away leaves every byte as it was.
func TestEnableDisable(t *testing.T) {
	for name, text := range configs {
		with, err := enableHint(textOf(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		read, err := config.LoadFromReader(bytes.NewReader(with)) // the docker CLI's own reader
		if err != nil || read.Plugins[pluginName]["error-hooks"] != hookedCommands {
			t.Errorf("%s: docker reads %v, %v of\n%s", name, read.Plugins, err, with)
		}
		if want := name == "hooks off"; (read.Features["hooks"] != "true") != want {
			t.Errorf("%s: features are %v", name, read.Features)
		}
		if rest := without(t, with); !reflect.DeepEqual(rest, without(t, []byte(text))) {
			t.Errorf("%s: something else changed:\n%s", name, with)
		}
		if current, err := enableHint(with); err != nil || !bytes.Equal(current, with) {
			t.Errorf("%s: a second time changes it, %v:\n%s", name, err, current)
		}
		back, err := disableHint(with)
		if err != nil || string(back) != text || (back == nil) != (text == "") {
			t.Errorf("%s: %v\n%q became\n%q, and then\n%q", name, err, text, with, back)
		}
	}
}

// textOf is nil where there is no file.
func textOf(text string) []byte {
	if text == "" {
		return nil
	}
	return []byte(text)
}

// without is a config without what enableHint may add.
func without(t *testing.T, text []byte) map[string]any {
	t.Helper()
	all := map[string]any{}
	if len(trim(text)) > 0 {
		if err := json.Unmarshal(text, &all); err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
	}
	for key, inner := range map[string]string{"plugins": pluginName, "features": "hooks"} {
		if o, ok := all[key].(map[string]any); ok {
			if delete(o, inner); len(o) == 0 {
				delete(all, key)
			}
		}
	}
	return all
}

func TestEnableStyle(t *testing.T) {
	for name, want := range map[string]string{
		"none": "{\n\t\"features\": {\n\t\t\"hooks\": \"true\"\n\t},\n\t\"plugins\": {\n\t\t\"portlint\": {\n\t\t\t\"error-hooks\": \"" + hookedCommands +
			"\",\n\t\t\t\"added\": \"file plugins hooks features\"\n\t\t}\n\t}\n}\n",
		"two spaces": "{\n  \"credsStore\": \"desktop\",\n  \"currentContext\": \"desktop-linux\",\n  \"features\": {\n    \"hooks\": \"true\"\n  },\n" +
			"  \"plugins\": {\n    \"portlint\": {\n      \"error-hooks\": \"" + hookedCommands + "\",\n      \"added\": \"plugins hooks features\"\n    }\n  }\n}\n",
		"compact": `{"auths":{"r.example":{}},"psFormat":"table {{.ID}}","features":{"hooks": "true"},"plugins":{"portlint": {"error-hooks": "` + hookedCommands +
			`", "added": "plugins hooks features"}}}`,
		"windows": "{\r\n  \"credsStore\": \"wincred\",\r\n  \"features\": {\r\n    \"hooks\": \"true\"\r\n  },\r\n  \"plugins\": {\r\n    \"portlint\": {\r\n" +
			"      \"error-hooks\": \"" + hookedCommands + "\",\r\n      \"added\": \"plugins hooks features\"\r\n    }\r\n  }\r\n}\r\n",
	} {
		if got, _ := enableHint(textOf(configs[name])); string(got) != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestDisableLater: what others changed in the meantime stays.
func TestDisableLater(t *testing.T) {
	with, err := enableHint(nil)
	if err != nil {
		t.Fatal(err)
	}
	file, err := config.LoadFromReader(bytes.NewReader(with))
	if err != nil {
		t.Fatal(err)
	}
	file.CurrentContext = "lab"
	file.Features["x"] = "1"
	var saved bytes.Buffer
	if err := file.SaveToWriter(&saved); err != nil { // as `docker context use` writes it
		t.Fatal(err)
	}
	back, err := disableHint(saved.Bytes())
	if err != nil || without(t, back)["currentContext"] != "lab" || strings.Contains(string(back), pluginName) || strings.Contains(string(back), `"hooks"`) {
		t.Errorf("%v\n%s", err, back)
	}
	off := bytes.Replace(with, []byte(`"hooks": "true"`), []byte(`"hooks": "false"`), 1)
	if back, err := disableHint(off); err != nil || !strings.Contains(string(back), `"hooks": "false"`) {
		t.Errorf("%v\n%s", err, back)
	}
	if untouched, err := disableHint([]byte(`{"plugins": {"scout": {}}}`)); err != nil || string(untouched) != `{"plugins": {"scout": {}}}` {
		t.Errorf("%v\n%s", err, untouched)
	}
}

// TestKeysOfOthers: what somebody wrote at plugins.portlint comes back as it was.
func TestKeysOfOthers(t *testing.T) {
	for _, text := range []string{
		`{"plugins":{"portlint":{"x":"mine"}}}`, `{"plugins": {"portlint": {}}}`, `{"plugins":{"portlint":{"error-hooks":"mine"}}}`,
		"{\n  \"plugins\": {\n    \"portlint\": {\n      \"x\": \"mine\"\n    }\n  }\n}\n",
	} {
		with, err := enableHint([]byte(text))
		if s, err2 := readSettings(with); err != nil || err2 != nil || !s.ours {
			t.Errorf("%s: %v, %v: %s", text, err, err2, with)
		}
		if back, err := disableHint(with); err != nil || string(back) != text {
			t.Errorf("%s: %v: %s", text, err, back)
		}
	}
}

func TestConfigRefused(t *testing.T) {
	for text, want := range map[string]string{
		"{\n  \"a\": 1,\n}":                  "it is no JSON at 3:1: ",
		"{ // a comment\n}":                  "it is no JSON at 1:3: ",
		"\ufeff{}":                           "it is no JSON at 1:1: ",
		"[]":                                 "expected an object in braces",
		`{"plugins": []}`:                    `expected an object in braces at the key "plugins"`,
		`{"plugins": {"portlint": "x"}}`:     `expected an object in braces at the key "portlint"`,
		`{"features": null, "plugins": {} }`: `expected an object in braces at the key "features"`,
	} {
		for name, edit := range map[string]func([]byte) ([]byte, error){"enable": enableHint, "disable": disableHint} {
			got, err := edit([]byte(text))
			if name == "disable" && !strings.Contains(want, "JSON") && err == nil && string(got) == text {
				continue // nothing of ours is there
			}
			if err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%s %q: %v", name, text, err)
			}
		}
	}
}

func FuzzEnableDisable(f *testing.F) {
	for _, text := range configs {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		with, err := enableHint(textOf(text))
		if err != nil || string(with) == text {
			return
		}
		if back, err := disableHint(with); err != nil || string(back) != text {
			t.Errorf("%v: %q became %q, and then %q", err, text, with, back)
		}
	})
}
