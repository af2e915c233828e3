package compose

import (
	"slices"
	"strings"
)

// patch gives a model what a part of a project, or a value that nothing gives, lets it lack: an image, and the networks,
// volumes, secrets, configs and services that it refers to. What is still inconsistent after that is a fault.
func (c *composer) patch(model map[string]any) {
	if !c.Standalone && !c.guessed && c.lacks().None() {
		return
	}

	services, _ := model["services"].(map[string]any)
	for _, s := range services {
		service, ok := s.(map[string]any)
		if !ok {
			continue
		}
		made := service["image"] != nil || service["build"] != nil || service["provider"] != nil
		if c.Standalone && !made {
			service["image"] = "stub"
		}
		c.define(model, "networks", keysOf(service["networks"]))
		c.define(model, "models", keysOf(service["models"]))
		for _, section := range []string{"volumes", "secrets", "configs"} {
			c.define(model, section, sourcesOf(service[section]))
		}
		c.forget(services, service)
	}
}

// mayLack reports whether a name that is not defined may be left so.
func (c *composer) mayLack(name string) bool {
	return c.Standalone || strings.Contains(name, placeholder)
}

// define adds empty definitions of names to a section.
func (c *composer) define(model map[string]any, section string, names []string) {
	for _, name := range names {
		all, ok := model[section].(map[string]any)
		if !ok {
			all = map[string]any{}
		}
		elsewhere := section == "networks" && slices.Contains(c.lacks().Networks, name)
		if _, known := all[name]; !known && (elsewhere || c.mayLack(name)) {
			all[name] = map[string]any{"name": name, "external": section != "models"}
			model[section] = all
		}
	}
}

// forget takes out of depends_on what is not there.
func (c *composer) forget(services, service map[string]any) {
	needs, _ := service["depends_on"].(map[string]any)
	for name := range needs {
		if _, known := services[name]; !known && c.mayLack(name) {
			delete(needs, name)
		}
	}
}

func keysOf(v any) []string {
	m, _ := v.(map[string]any)
	var names []string
	for name := range m {
		names = append(names, name)
	}
	return names
}

// sourcesOf are the names that a list of volumes, secrets or configs refers to.
func sourcesOf(v any) []string {
	list, _ := v.([]any)
	var names []string
	for _, e := range list {
		m, _ := e.(map[string]any)
		kind, _ := m["type"].(string)
		named := kind == "" || kind == "volume"
		if source, ok := m["source"].(string); ok && source != "" && named {
			names = append(names, source)
		}
	}
	return names
}
