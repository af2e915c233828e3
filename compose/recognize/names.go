package recognize

import (
	"slices"

	"github.com/compose-spec/compose-go/v2/cli"

	"github.com/portlint/portlint/lint/lazyexp"
)

// composeName is what people call a Compose file. One with another name is found when it is named. The hooks of
// pre-commit are called for the same names; a test compares the two.
var composeName = lazyexp.New(`^(?:.*[-_.])?(?i:(?:docker[-_]?)?compose)(?:[-_.].*)?\.(?i:ya?ml)$`)

// IsName reports whether a file, named without its directory, is called like a Compose file.
func IsName(name string) bool { return composeName().MatchString(name) }

// IsDefaultName reports whether Compose finds a file of that name by itself.
func IsDefaultName(name string) bool { return slices.Contains(cli.DefaultFileNames, name) }

// envName is what people call an env file, or an example of one, which is no project by itself.
var envName = lazyexp.New(`^\.?env$|^\.env[-_.].*$|\.env(\..*)?$`)

// IsEnvName reports whether a file, named without its directory, is called like an env file.
func IsEnvName(name string) bool {
	return envName().MatchString(name) || slices.Contains(ExampleNames(), name)
}

// ExampleNames are the files that show what a .env may hold, in the order in which they are read.
func ExampleNames() []string {
	return []string{
		".env.example", ".env.sample", ".env.dist", ".env.template", ".env.default", ".env.defaults", ".env-example",
		".env_example", "example.env", "sample.env", "default.env", "defaults.env", "env.example", "env.sample",
		"env-example", "stack.env.example",
	}
}
