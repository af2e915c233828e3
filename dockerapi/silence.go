package dockerapi

import (
	"slices"
	"sync"

	"github.com/portlint/portlint/lint"
)

// Silence are the engines that did not answer so much as a ping in time, so that one command waits for each of them once. A nil Silence keeps nothing;
// what runs for long, such as a language server, has none.
type Silence struct {
	mu  sync.Mutex
	why map[string]string // by address
}

// of says why an engine was not heard, where it was not.
func (s *Silence) of(address string) (why string, silent bool) {
	if s == nil {
		return "", false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	why, silent = s.why[address]
	return why, silent
}

// add keeps that an engine was not heard, with what is said of that.
func (s *Silence) add(address string, blind []lint.Blind) {
	i := slices.IndexFunc(blind, func(b lint.Blind) bool { return b.What == blindEngine })
	if s == nil || i < 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why == nil {
		s.why = map[string]string{}
	}
	s.why[address] = blind[i].Why
}
