package relocate

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/safefile"
)

// Override is a Compose file of portlint's own, the last one of a project: it makes the moves that no variable makes, for one run.
// The zero Override is none.
type Override struct {
	Path string
	Text []byte
}

// NewOverride makes the moves in a project, and writes nothing yet.
func NewOverride(w run.Process, l compose.Loaded, moves []Move) (Override, error) {
	to := l.EngineShape()
	for _, m := range moves {
		to = m.Expect(to)
	}
	head := fmt.Sprintf("what portlint up --move gave to project %s in %s", l.Project.Label(), l.Project.Dir)
	text, err := l.Override(head, to)
	if err != nil {
		return Override{}, err
	}
	path, err := overridePath(w, l.Project)
	return Override{path, text}, err
}

// overridePath is where a checkout keeps its moves: always the same place, outside of the checkout.
func overridePath(w run.Process, p *lint.Project) (string, error) {
	state, err := run.StateDir(w)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(compose.RealPath(p.Dir) + "\x00" + p.Name))
	return filepath.Join(state, run.MovedDir, fmt.Sprintf("%s-%x.yaml", p.Name, sum[:6])), nil
}

// Write puts the file in its place.
func (o Override) Write() error {
	if err := safefile.MkdirAll(filepath.Dir(o.Path), 0o700); err != nil {
		return fmt.Errorf("cannot keep what was moved: %w", err)
	}
	if err := safefile.Replace(o.Path, o.Text, run.NewMode); err != nil {
		return fmt.Errorf("cannot write %q: %w", o.Path, safefile.WithoutPath(err))
	}
	return nil
}
