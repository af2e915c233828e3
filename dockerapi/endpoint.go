package dockerapi

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"runtime"

	"github.com/containerd/errdefs"
	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
	dcontext "github.com/docker/cli/cli/context"
	"github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/opts"

	"github.com/portlint/portlint/lint/safefile"
)

// endpoint is where the engine is asked.
type endpoint struct {
	docker.Endpoint
	headers map[string]string // HttpHeaders of docker's config.json
}

// defaultContext is the context that is made of -H, DOCKER_HOST and the TLS variables.
const defaultContext = "default"

// resolve finds the endpoint in the order of the docker CLI (cli/command/cli.go, resolveContextName): --context, -H,
// DOCKER_HOST, DOCKER_CONTEXT, currentContext of config.json, the default. Host is set as far as it is known.
func resolve(o Options) (endpoint, error) {
	if o.Context != "" && o.Host != "" {
		return endpoint{}, errors.New("--context and -H can't be used together")
	}

	dir := ConfigDir(o.Env)
	settings := Settings(dir)
	at := endpoint{headers: settings.HTTPHeaders}
	name, err := contextName(o, settings.CurrentContext), error(nil)
	if name == defaultContext {
		at.Endpoint, err = defaultEndpoint(o, dir)
	} else {
		at.Endpoint, err = storedEndpoint(name, dir)
	}

	return at, err
}

// MaxSettings bounds docker's config.json and each file of its contexts, in bytes.
const MaxSettings = 4 << 20

// Settings are what docker's config.json in a directory says. As for the docker CLI, those of a broken file are what could
// be read of it; there is no waiting for a pipe in its place.
func Settings(dir string) *configfile.ConfigFile {
	file := filepath.Join(dir, config.ConfigFileName)
	settings := configfile.New(file)
	if text, err := safefile.Read(file, MaxSettings); err == nil {
		_ = settings.LoadFromReader(bytes.NewReader(text)) // see above
	}
	return settings
}

func contextName(o Options, current string) string {
	if o.Context != "" {
		return o.Context
	}
	if o.Host != "" || o.Env["DOCKER_HOST"] != "" {
		return defaultContext
	}
	return cmp.Or(o.Env["DOCKER_CONTEXT"], current, defaultContext)
}

// ConfigDir is where docker keeps its settings, contexts and plugins: DOCKER_CONFIG, else .docker in the home directory.
func ConfigDir(env map[string]string) string {
	if dir := env["DOCKER_CONFIG"]; dir != "" {
		return dir
	}

	home := env["HOME"]
	if runtime.GOOS == "windows" {
		home = env["USERPROFILE"]
	}

	if home == "" {
		if u, err := user.Current(); err == nil {
			home = u.HomeDir
		}
	}

	return filepath.Join(home, ".docker")
}

func storedEndpoint(name, dir string) (docker.Endpoint, error) {
	contexts, err := contextStore(dir)
	if err != nil {
		return docker.Endpoint{}, fmt.Errorf("the docker context %q can't be read: %w", name, err)
	}

	meta, err := contexts.GetMetadata(name)
	switch {
	case errdefs.IsNotFound(err):
		return docker.Endpoint{}, fmt.Errorf("there is no docker context %q", name)
	case err != nil:
		return docker.Endpoint{}, fmt.Errorf("the docker context %q can't be read: %w", name, err)
	}

	at, err := docker.EndpointFromContext(meta)
	if err != nil {
		return docker.Endpoint{}, fmt.Errorf("the docker context %q: %w", name, err)
	}
	full, err := docker.WithTLSData(contexts, name, at)
	if err != nil {
		return docker.Endpoint{EndpointMeta: at}, fmt.Errorf("the TLS files of the docker context %q: %w", name, err)
	}
	return full, nil
}

// defaultEndpoint reads -H and the variables. As in the docker CLI, DOCKER_TLS alone means TLS without verification.
func defaultEndpoint(o Options, dir string) (docker.Endpoint, error) {
	verify := o.Env["DOCKER_TLS_VERIFY"] != ""
	secure := verify || o.Env["DOCKER_TLS"] != ""
	wanted := cmp.Or(o.Host, o.Env["DOCKER_HOST"])
	host, err := opts.ParseHost(secure, wanted)
	at := docker.Endpoint{EndpointMeta: docker.EndpointMeta{Host: host}}
	if err != nil {
		return at, fmt.Errorf("%q is not the address of an engine", wanted)
	}
	if !secure {
		return at, nil
	}
	certs := cmp.Or(o.Env["DOCKER_CERT_PATH"], dir)
	at.SkipTLSVerify = !verify
	for _, name := range []string{"ca.pem", "cert.pem", "key.pem"} {
		if err := readableFile(filepath.Join(certs, name)); err != nil {
			return at, fmt.Errorf("the TLS files of %s: %w", host, err)
		}
	}

	at.TLSData, err = dcontext.TLSDataFromFiles(filepath.Join(certs, "ca.pem"), existing(certs, "cert.pem"), existing(certs, "key.pem"))
	if err != nil {
		return at, fmt.Errorf("the TLS files of %s: %w", host, err)
	}
	return at, nil
}

// existing is the path of a file, "" when there is none: the client's own certificate may be missing.
func existing(dir, name string) string {
	file := filepath.Join(dir, name)
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		return ""
	}
	return file
}
