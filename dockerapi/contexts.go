package dockerapi

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/containerd/errdefs"
	"github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"

	"github.com/portlint/portlint/lint/safefile"
)

// Contexts lists the names of docker's contexts, sorted, the default one among them. A store that can't be read has none.
func Contexts(env map[string]string) []string {
	names := []string{defaultContext}
	contexts, err := contextStore(ConfigDir(env))
	if err != nil {
		return names
	}

	stored, err := contexts.List()
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
	contexts, err := contextStore(ConfigDir(env))
	if err == nil {
		_, err = contexts.GetMetadata(name)
	}
	return !errdefs.IsNotFound(err)
}

// contextStore is where docker keeps its contexts, below the directory of its settings. It is an error when its own reader
// would wait for one of the files there.
func contextStore(dir string) (*store.ContextStore, error) {
	dir = filepath.Join(dir, "contexts")
	if err := readable(dir); err != nil {
		return nil, err
	}
	kinds := store.NewConfig(func() any { return &map[string]any{} },
		store.EndpointTypeGetter(docker.DockerEndpoint, func() any { return &docker.EndpointMeta{} }))
	return store.New(dir, kinds), nil
}

// maxContextFiles bounds the entries of docker's context store that are looked at.
const maxContextFiles = 10_000

// readable says which file of docker's context store can't be read to its end.
func readable(dir string) error {
	seen := 0
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if seen++; seen > maxContextFiles {
			return fmt.Errorf("%q has more than %d entries", dir, maxContextFiles)
		}
		if err != nil || e.IsDir() {
			return nil //nolint:nilerr // the reader says so itself
		}
		return readableFile(path)
	})
}

// readableFile refuses a pipe, a device, and what is too large; a file that is not there is left to who reads it.
func readableFile(path string) error {
	f, err := safefile.Open(path)
	if errors.Is(err, safefile.ErrIrregular) {
		return fmt.Errorf("%q: %w", path, err)
	}
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	defer f.Close()

	if info, err := f.Stat(); err == nil && info.Size() > MaxSettings {
		return fmt.Errorf("%q: %w", path, safefile.TooLargeError{Limit: MaxSettings})
	}
	return nil
}
