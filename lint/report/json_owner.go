package report

import (
	"cmp"
	"net/netip"
	"strconv"
	"time"

	"github.com/portlint/portlint/lint"
)

// jsonOwner is who has what a finding is about.
type jsonOwner struct {
	Kind      string         `json:"kind"`
	Container *jsonContainer `json:"container,omitempty"`
	Process   *jsonProcess   `json:"process,omitempty"`
	Network   *jsonNetwork   `json:"network,omitempty"`
	Swarm     string         `json:"swarm,omitempty"`
	Remote    string         `json:"remote,omitempty"`
}

type jsonContainer struct {
	ID          string   `json:"id,omitempty"`
	Name        string   `json:"name,omitempty"`
	Project     string   `json:"project,omitempty"`
	Service     string   `json:"service,omitempty"`
	WorkingDir  string   `json:"workingDir,omitempty"`
	ConfigFiles []string `json:"configFiles,omitempty"`
	File        string   `json:"file,omitempty"`
	Line        int      `json:"line,omitempty"`
}

// jsonNetwork is a network of the engine; key is what the Compose file of its project calls it.
type jsonNetwork struct {
	ID      string `json:"id,omitempty"`
	Name    string `json:"name"`
	Project string `json:"project,omitempty"`
	Key     string `json:"key,omitempty"`
}

type jsonProcess struct {
	PID       int    `json:"pid,omitempty"`
	Name      string `json:"name,omitempty"`
	Command   string `json:"command,omitempty"`
	User      string `json:"user,omitempty"`
	StartedAt string `json:"startedAt,omitempty"`
	Unit      string `json:"unit,omitempty"`
	*jsonOrigin
}

// jsonOrigin is where a process was started, and by what.
type jsonOrigin struct {
	Directory     string       `json:"directory,omitempty"`
	DirectoryGone bool         `json:"directoryGone,omitempty"`
	Repository    string       `json:"repository,omitempty"`
	Branch        string       `json:"branch,omitempty"`
	Terminal      string       `json:"terminal,omitempty"`
	Parents       []jsonParent `json:"parents,omitempty"`
	Keeper        *jsonKeeper  `json:"keptBy,omitempty"`
	Orphan        bool         `json:"orphan,omitempty"`
	Background    []string     `json:"background,omitempty"`
}

type jsonParent struct {
	PID     int    `json:"pid"`
	Name    string `json:"name"`
	Command string `json:"command,omitempty"`
}

// jsonKeeper is what keeps a process alive.
type jsonKeeper struct {
	Kind string `json:"kind"`
	Name string `json:"name,omitempty"`
	PID  int    `json:"pid,omitempty"`
	App  string `json:"app,omitempty"`
}

func (r Report) jsonOwner(b *lint.Owner) *jsonOwner {
	if b == nil {
		return nil
	}

	out := &jsonOwner{Kind: string(b.Kind), Swarm: b.Swarm}
	if c := b.Container; c != nil {
		at := r.place(b.Span)
		out.Container = &jsonContainer{ID: c.ID, Name: c.Name, Project: c.Project, Service: c.Service,
			WorkingDir: c.WorkingDir, ConfigFiles: c.ConfigFiles, File: at.file, Line: at.start.Line}
	}

	if n := b.Network; n != nil {
		out.Network = &jsonNetwork{ID: n.ID, Name: n.Name, Project: n.Project, Key: n.Key}
	}

	if p := newJSONProcess(b); p != (jsonProcess{}) {
		out.Process = &p
	}

	if b.Remote != (netip.AddrPort{}) {
		out.Remote = b.Remote.String()
	}

	return out
}

func newJSONProcess(b *lint.Owner) jsonProcess {
	p := jsonProcess{PID: b.Process.PID, Name: b.Process.Name, Command: b.Process.Command, User: b.Process.User, Unit: b.Unit}
	unseen := b.Seen == lint.NoPrivilege || b.Seen == lint.Hidden
	if p.User == "" && unseen && b.UID >= 0 {
		p.User = cmp.Or(b.User, userOf(b.UID))
	}
	if at := b.Process.StartedAt; !at.IsZero() {
		p.StartedAt = at.Format(time.RFC3339)
	}
	if b.Origin.Known {
		p.jsonOrigin = newJSONOrigin(b)
	}
	return p
}

func newJSONOrigin(b *lint.Owner) *jsonOrigin {
	o, k := b.Origin, b.Keeper()
	out := &jsonOrigin{Directory: o.Dir, DirectoryGone: o.DirGone, Repository: o.Repository, Branch: o.Branch, Terminal: o.Terminal,
		Orphan: k.Orphan, Background: b.Background()}
	for _, p := range o.Parents {
		out.Parents = append(out.Parents, jsonParent{PID: p.PID, Name: p.Name, Command: p.Command()})
	}
	if k.Kind != "" {
		out.Keeper = &jsonKeeper{Kind: string(k.Kind), Name: k.Name, PID: k.By.PID, App: k.App}
	}
	return out
}

// userOf is a user by number, where nothing tells the name: root's is known everywhere.
func userOf(uid int) string {
	if uid == 0 {
		return "root"
	}
	return strconv.Itoa(uid)
}
