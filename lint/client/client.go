// Package client is the program that people type to drive an engine: docker or podman, with what reaches that engine.
package client

import "slices"

// Client drives one engine. The zero Client is docker, which asks that engine by itself.
type Client struct {
	Podman bool // the program is podman
	// Flags are the program's own that reach the engine, such as --context build1; none where it asks that engine without.
	Flags []string
	// NoCompose: there is no Compose to type that finds what is meant by the name of a project alone; containers are named instead.
	NoCompose bool
	// NoRestart: the restart policy of a container can't be changed.
	NoRestart bool
}

// program is the name of the program.
func (c Client) program() string {
	if c.Podman {
		return "podman"
	}
	return "docker"
}

// Words are a command of the program, which stands first.
func (c Client) Words(command ...string) []string {
	return slices.Concat([]string{c.program()}, c.Flags, command)
}

// Compose are a command of Compose for a project that is known by its name; none where that can't be typed.
func (c Client) Compose(project string, command ...string) []string {
	if c.NoCompose {
		return nil
	}

	return c.Words(append([]string{"compose", "-p", project}, command...)...)
}
