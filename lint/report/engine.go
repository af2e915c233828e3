package report

import (
	"github.com/portlint/portlint/lint"
)

// Engine is one of several engines about which the same was asked.
type Engine struct {
	Context string // of docker, that names it
	lint.Engine
	Verdict lint.Verdict
}

// Worst is the verdict on all engines together.
func Worst(engines []Engine) lint.Verdict {
	return lint.WorstVerdict(each(engines, func(e Engine) lint.Verdict { return e.Verdict })...)
}

// title is the name and version of an engine, as far as it answered.
func (e Engine) title() string {
	if e.Version == "" {
		return "no answer"
	}
	return e.Name + " " + e.Version
}

type jsonEngine struct {
	Context  string       `json:"context"`
	Endpoint string       `json:"endpoint,omitempty"`
	Name     string       `json:"name,omitempty"`
	Version  string       `json:"version,omitempty"`
	Verdict  lint.Verdict `json:"verdict"`
}

func newJSONEngine(e Engine) jsonEngine {
	return jsonEngine{Context: e.Context, Endpoint: e.Endpoint, Name: e.Name, Version: e.Version, Verdict: e.Verdict}
}
