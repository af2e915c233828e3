package plugin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tailscale/hujson"
)

// hookedCommands are the commands after whose failure docker asks the plugin for a word, as docker's config.json lists them.
// Docker compares them with the arguments as they were typed, so that `docker compose -f x.yaml up` is not among them.
const hookedCommands = "compose up,compose start,compose restart,compose watch,run,start,restart,container run,container start,container restart"

// The keys of docker's config.json: plugins.portlint.error-hooks and features.hooks, and what of it is ours.
const (
	pluginsKey  = "plugins"
	featuresKey = "features"
	hooksKey    = "hooks"
	errorHooks  = "error-hooks"
	addedKey    = "added" // what else enableHint added for it: words of the constants below
)

const (
	addedFile     = "file"
	addedText     = "text" // of a file that was empty
	addedPlugins  = "plugins"
	addedWithin   = "within" // plugins.portlint was there already
	addedFeatures = "features"
	addedHooks    = "hooks"
)

// hookSettings is what docker's config.json says about hooks.
type hookSettings struct {
	ours  bool   // plugins.portlint has error hooks
	hooks string // features.hooks: "true", "false", "" when not written
}

// readSettings reads them from the text of config.json; of no text they are zero.
func readSettings(text []byte) (hookSettings, error) {
	root, err := parse(text)
	if err != nil {
		return hookSettings{}, err
	}

	plugins, err := child(root, pluginsKey)
	if err != nil {
		return hookSettings{}, err
	}
	own, err := child(plugins, pluginName)
	if err != nil {
		return hookSettings{}, err
	}
	features, err := child(root, featuresKey)
	if err != nil {
		return hookSettings{}, err
	}
	return hookSettings{ours: value(own, errorHooks) != "", hooks: value(features, hooksKey)}, nil
}

// enableHint adds the hook to the text of docker's config.json, nil when there is none, and turns hooks on where the file does
// not speak of them. Every other byte stays. The text is returned as it is when it has the hook.
func enableHint(text []byte) ([]byte, error) {
	s, err := readSettings(text)
	if err != nil || s.ours {
		return text, err
	}
	root, err := parse(text)
	if err != nil {
		return nil, err
	}
	var added []string
	if len(trim(text)) == 0 {
		added = append(added, addedText)
		if text == nil {
			added[0] = addedFile
		}
		root = &hujson.Object{AfterExtra: []byte("\n")}
	}
	if find(root, pluginsKey) < 0 {
		added = append(added, addedPlugins)
	}
	if s.hooks == "" {
		added = append(added, addedHooks)
		if find(root, featuresKey) < 0 {
			added = append(added, addedFeatures)
		}
		set(ensure(root, featuresKey, 1), hooksKey, "true", 2)
	}

	plugins := ensure(root, pluginsKey, 1)
	if find(plugins, pluginName) >= 0 {
		added = append(added, addedWithin)
	}
	own := ensure(plugins, pluginName, 2)
	set(own, errorHooks, hookedCommands, 3)
	set(own, addedKey, strings.Join(added, " "), 3)
	if text == nil {
		return append(pack(text, root), '\n'), nil
	}
	return pack(text, root), nil
}

// disableHint takes away what enableHint added, and nothing that was changed since. It returns nil when the file is to go: enableHint
// made it, and nothing else is in it.
func disableHint(text []byte) ([]byte, error) {
	root, err := parse(text)
	if err != nil {
		return nil, err
	}
	plugins, err := child(root, pluginsKey)
	if err != nil {
		return nil, err
	}
	own, err := child(plugins, pluginName)
	if err != nil || find(own, addedKey) < 0 {
		return text, err // the hook is somebody else's
	}
	added := strings.Fields(value(own, addedKey))
	remove(own, addedKey)
	remove(own, errorHooks)
	if len(own.Members) == 0 && !slices.Contains(added, addedWithin) {
		remove(plugins, pluginName)
	}
	if len(plugins.Members) == 0 && slices.Contains(added, addedPlugins) {
		remove(root, pluginsKey)
	}
	if features, err := child(root, featuresKey); err == nil && slices.Contains(added, addedHooks) && value(features, hooksKey) == "true" {
		remove(features, hooksKey)
		if len(features.Members) == 0 && slices.Contains(added, addedFeatures) {
			remove(root, featuresKey)
		}
	}

	switch {
	case len(root.Members) == 0 && slices.Contains(added, addedFile):
		return nil, nil
	case len(root.Members) == 0 && slices.Contains(added, addedText):
		return bytes.Replace(text, trim(text), nil, 1), nil
	}
	return pack(text, root), nil
}

// parse reads a JSON object; of no text it is empty.
func parse(text []byte) (*hujson.Object, error) {
	if len(trim(text)) == 0 {
		return &hujson.Object{}, nil
	}

	var any any
	if err := json.Unmarshal(text, &any); err != nil { // hujson takes comments, docker does not
		return nil, placed(text, err)
	}
	v, err := hujson.Parse(text)
	if err != nil {
		return nil, err
	}
	root, ok := v.Value.(*hujson.Object)
	if !ok {
		return nil, errors.New("expected an object in braces")
	}
	return root, nil
}

// placed says where a text is no JSON.
func placed(text []byte, err error) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return err
	}
	before := text[:max(0, min(int(syntax.Offset)-1, len(text)))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - (bytes.LastIndexByte(before, '\n') + 1) + 1
	return fmt.Errorf("it is no JSON at %d:%d: %w", line, column, err)
}

// pack writes the object where the text had it.
func pack(text []byte, root *hujson.Object) []byte {
	trimmed := trim(text)
	start := len(text) - len(bytes.TrimLeft(text, space))
	v := hujson.Value{BeforeExtra: text[:start], Value: root, AfterExtra: text[start+len(trimmed):]}
	return v.Pack()
}

// child is the object at a key, nil when there is no such key.
func child(o *hujson.Object, key string) (*hujson.Object, error) {
	i := find(o, key)
	if i < 0 {
		return nil, nil //nolint:nilnil // an object that is not there is one without members
	}

	c, ok := o.Members[i].Value.Value.(*hujson.Object)
	if !ok {
		return nil, fmt.Errorf("expected an object in braces at the key %q", key)
	}
	return c, nil
}

// value is the string at a key, "" for none.
func value(o *hujson.Object, key string) string {
	if i := find(o, key); i >= 0 {
		if s, ok := o.Members[i].Value.Value.(hujson.Literal); ok && s.Kind() == '"' {
			return s.String()
		}
	}
	return ""
}

const space = " \t\r\n" // of JSON

func trim(text []byte) []byte { return bytes.Trim(text, space) }
