package dockerapi

import (
	"path/filepath"
	"slices"

	"github.com/containerd/errdefs"
	"github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"
)

// Contexts lists the names of docker's contexts, sorted, the default one among them. A store that can't be read has none.
func Contexts(env map[string]string) []string {
	names := []string{defaultContext}
	stored, err := contextStore(ConfigDir(env)).List()
	if err != nil {
		return names
	}
	for _, c := range stored {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	return names
}

// HasContext reports whether docker has a context of that name. One that can't be read is there.
func HasContext(env map[string]string, name string) bool {
	if name == defaultContext {
		return true
	}
	_, err := contextStore(ConfigDir(env)).GetMetadata(name)
	return !errdefs.IsNotFound(err)
}

// contextStore is where docker keeps its contexts, below the directory of its settings.
func contextStore(dir string) *store.ContextStore {
	kinds := store.NewConfig(func() any { return &map[string]any{} },
		store.EndpointTypeGetter(docker.DockerEndpoint, func() any { return &docker.EndpointMeta{} }))
	return store.New(filepath.Join(dir, "contexts"), kinds)
}
