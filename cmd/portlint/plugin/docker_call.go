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

// call is what docker wants of the plugin.
type call struct {
	metadata bool              // answer with writeMetadata
	hook     string            // answer a hook: the request; "" for none
	args     []string          // otherwise: portlint's own arguments, with docker's --context and --host before them
	env      map[string]string // and docker's other flags, as the variables that mean the same
	typed    []string          // the same as flags
}

// parseCall reads the arguments of the plugin. Docker passes on its own: the flags before the plugin's name, the name,
// and what follows. Without the name they are portlint's own arguments, from somebody who ran the file directly.
func parseCall(args []string) (call, error) {
	switch {
	case len(args) == 1 && args[0] == metadata.MetadataSubcommandName:
		return call{metadata: true}, nil
	case len(args) > 1 && strings.HasPrefix(args[0], "__complete") && args[1] == pluginName:
		return call{args: append([]string{args[0]}, args[2:]...)}, nil
	}

	var f dockerFlags
	rest, err := f.parse(args)
	if err != nil && slices.Contains(args, pluginName) {
		return call{}, err
	}
	rest, named := afterName(rest)
	switch {
	case !named:
		return call{args: args}, nil
	case len(rest) > 1 && rest[0] == metadata.HookSubcommandName:
		return call{hook: rest[1]}, nil
	}

	e, err := f.engine()
	return call{args: append(e.flags(), rest...), env: e.env, typed: e.typed}, err
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

// engineFlags are what docker's own flags say about the engine.
type engineFlags struct {
	context, host string            // --context and --host, "" when not given
	env           map[string]string // the others, as the variables that mean the same
	typed         []string          // the same as flags
}

// parseDockerFlags reads docker's own flags from its arguments, and returns the words after them.
func parseDockerFlags(args []string) (engineFlags, []string, error) {
	var f dockerFlags
	words, err := f.parse(args)
	if err != nil {
		return engineFlags{}, nil, err
	}
	e, err := f.engine()
	return e, words, err
}

func (e engineFlags) flags() []string {
	var flags []string
	if e.context != "" {
		flags = append(flags, "--context="+e.context)
	}
	if e.host != "" {
		flags = append(flags, "--host="+e.host)
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
func (f *dockerFlags) engine() (engineFlags, error) {
	for i, name := range []string{"tlscacert", "tlscert", "tlskey"} {
		if f.files[i] != "" {
			return engineFlags{}, fmt.Errorf("docker's flag --%s means nothing to portlint: set DOCKER_CERT_PATH to the directory of the files", name)
		}
	}

	e := engineFlags{context: f.context, env: map[string]string{}}
	set := func(name, value string, typed ...string) {
		e.env[name], e.typed = value, append(e.typed, typed...)
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
		e.host = f.hosts[n-1]
	}
	return e, nil
}
