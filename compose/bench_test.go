package compose

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/compose/corpustest"
	"github.com/portlint/portlint/compose/disk"
	"github.com/sirupsen/logrus"
)

// BenchmarkCorpus reads thousands of real files one after the other: portlint with all places, and compose-go alone
// with the options with which it loads the most. Compare the two within one run.
func BenchmarkCorpus(b *testing.B) {
	dir := corpustest.Dir(b)
	logrus.SetOutput(io.Discard)
	oracles := corpustest.Projects(b, 1)
	b.Run("compose-go", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, o := range oracles {
				bareLoad(b, corpusOptions(dir, o))
			}
		}
	})
	b.Run("portlint", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, o := range oracles {
				opts := corpusOptions(dir, o)
				opts.Static = true
				if _, err := Load(b.Context(), opts); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// bareLoad is what a program does that uses compose-go alone.
func bareLoad(b *testing.B, o Options) {
	details := types.ConfigDetails{WorkingDir: filepath.Dir(o.Files[0]), Environment: types.Mapping{}}
	if env := filepath.Join(details.WorkingDir, ".env"); (&disk.View{}).IsFile(env) {
		vars, _ := dotenv.GetEnvFromFile(nil, []string{env})
		details.Environment = vars
	}
	for _, f := range o.Files {
		text, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		details.ConfigFiles = append(details.ConfigFiles, types.ConfigFile{Filename: f, Content: text})
	}
	_, _ = loader.LoadWithContext(b.Context(), details, func(opts *loader.Options) {
		opts.SetProjectName("corpus", true)
		opts.Profiles = []string{"*"}
		opts.SkipConsistencyCheck, opts.SkipResolveEnvironment, opts.ResolvePaths = true, true, false
	})
}

// BenchmarkPages reads a small project with many pages beside it, of which a few name a port of this machine.
func BenchmarkPages(b *testing.B) {
	dir := b.TempDir()
	page := strings.Repeat("A line of a page, with http://example.com:8080/x and 12345 in it.\n", 100) + "curl http://localhost:8080/\n"
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	write("compose.yaml", "services: {web: {image: a, ports: [\"8080:80\"]}}\n")
	for i := range 60 {
		write(fmt.Sprintf("page%d.md", i), page)
	}
	b.ReportAllocs()
	for b.Loop() {
		if l, err := Load(b.Context(), Options{Dir: dir, Static: true}); err != nil || len(l.Project.Mentions) != 60 {
			b.Fatal(len(l.Project.Mentions), err)
		}
	}
}
