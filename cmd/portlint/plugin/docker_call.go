package plugin

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/docker/cli/cli-plugins/metadata"
	"github.com/spf13/pflag"
)

// Invoked reports whether docker, or somebody in its place, calls a program as the plugin: by its file name.
func Invoked(program string) bool {
	base := strings.TrimSuffix(strings.ToLower(filepath.Base(program)), ".exe")
	return base == metadata.NamePrefix+pluginName
}

// writeMetadata answers docker's question what the plugin is.
func writeMetadata(w io.Writer, version, homepage string) error {
	return json.NewEncoder(w).Encode(metadata.Metadata{
		SchemaVersion: "0.1.0", Vendor: pluginName, Version: version, URL: homepage,
		ShortDescription: "Find and fix host-port conflicts of Docker Compose projects",
	})
}

// Call is what docker wants of the plugin.
type Call struct {
	Metadata bool              // answer with writeMetadata
	Hook     string            // answer a hook: the request; "" for none
	Args     []string          // otherwise: portlint's own arguments, with docker's --context and --host before them
	Env      map[string]string // and docker's other flags, as the variables that mean the same
	Typed    []string          // the same as flags
}

// parseCall reads the arguments of the plugin. Docker passes on its own: the flags before the plugin's name, the name,
// and what follows. Without the name they are portlint's own arguments, from somebody who ran the file directly.
func parseCall(args []string) (Call, error) {
	switch {
	case len(args) == 1 && args[0] == metadata.MetadataSubcommandName:
		return Call{Metadata: true}, nil
	case len(args) > 1 && strings.HasPrefix(args[0], "__complete") && args[1] == pluginName:
		return Call{Args: append([]string{args[0]}, args[2:]...)}, nil
	}

	var f dockerFlags
	rest, err := f.parse(args)
	if err != nil && slices.Contains(args, pluginName) {
		return Call{}, err
	}
	rest, named := afterName(rest)
	switch {
	case !named:
		return Call{Args: args}, nil
	case len(rest) > 1 && rest[0] == metadata.HookSubcommandName:
		return Call{Hook: rest[1]}, nil
	}

	e, err := f.engine()
	return Call{Args: append(e.flags(), rest...), Env: e.Env, Typed: e.Typed}, err
}

// afterName is what follows the plugin's name, which stands first or after "help".
func afterName(words []string) (rest []string, named bool) {
	switch {
	case len(words) > 0 && words[0] == pluginName:
		return words[1:], true
	case len(words) > 1 && words[0] == "help" && words[1] == pluginName:
		return append([]string{"help"}, words[2:]...), true
	}
	return nil, false
}

// Engine is what docker's own flags say about the engine.
type Engine struct {
	Context, Host string            // --context and --host, "" when not given
	Env           map[string]string // the others, as the variables that mean the same
	Typed         []string          // the same as flags
}

// parseDockerFlags reads docker's own flags from its arguments, and returns the words after them.
func parseDockerFlags(args []string) (Engine, []string, error) {
	var f dockerFlags
	words, err := f.parse(args)
	if err != nil {
		return Engine{}, nil, err
	}
	e, err := f.engine()
	return e, words, err
}

func (e Engine) flags() []string {
	var flags []string
	if e.Context != "" {
		flags = append(flags, "--context="+e.Context)
	}
	if e.Host != "" {
		flags = append(flags, "--host="+e.Host)
	}
	return flags
}

// dockerFlags are docker's own flags, before the name of a command.
type dockerFlags struct {
	context, config, logLevel string
	hosts                     []string
	debug, tls, tlsVerify     bool
	files                     [3]string // --tlscacert, --tlscert, --tlskey
}

// parse reads the flags before the first word, and returns the rest.
func (f *dockerFlags) parse(args []string) ([]string, error) {
	set := pflag.NewFlagSet("docker", pflag.ContinueOnError)
	set.SetInterspersed(false)
	set.SetOutput(io.Discard)
	set.StringVarP(&f.context, "context", "c", "", "")
	set.StringVar(&f.config, "config", "", "")
	set.StringVarP(&f.logLevel, "log-level", "l", "", "")
	set.StringArrayVarP(&f.hosts, "host", "H", nil, "")
	set.BoolVarP(&f.debug, "debug", "D", false, "")
	set.BoolVar(&f.tls, "tls", false, "")
	set.BoolVar(&f.tlsVerify, "tlsverify", false, "")
	for i, name := range []string{"tlscacert", "tlscert", "tlskey"} {
		set.StringVar(&f.files[i], name, "", "")
	}
	err := set.Parse(args)
	return set.Args(), err
}

// engine says the same in words that portlint has.
func (f *dockerFlags) engine() (Engine, error) {
	for i, name := range []string{"tlscacert", "tlscert", "tlskey"} {
		if f.files[i] != "" {
			return Engine{}, fmt.Errorf("docker's flag --%s means nothing to portlint: set DOCKER_CERT_PATH to the directory of the files", name)
		}
	}

	e := Engine{Context: f.context, Env: map[string]string{}}
	set := func(name, value string, typed ...string) {
		e.Env[name], e.Typed = value, append(e.Typed, typed...)
	}
	if f.config != "" {
		set("DOCKER_CONFIG", f.config, "--config", f.config)
	}
	if f.tls {
		set("DOCKER_TLS", "1", "--tls")
	}
	if f.tlsVerify {
		set("DOCKER_TLS_VERIFY", "1", "--tlsverify")
	}
	if n := len(f.hosts); n > 0 {
		e.Host = f.hosts[n-1]
	}
	return e, nil
}
