package report

import (
	"io"

	"github.com/portlint/portlint/lint/pick"
)

// The types below are version 1 of the JSON formats of `portlint free` and `portlint assign`; portlint-free.schema.json and
// portlint-assign.schema.json beside are their schemas.

type jsonFree struct {
	Version    int            `json:"version"`
	Tool       jsonTool       `json:"tool"`
	Ports      []jsonFreePort `json:"ports"`
	NotChecked []jsonBlind    `json:"notChecked"`
}

type jsonFreePort struct {
	HostIP    string `json:"hostIp"`
	Published uint16 `json:"published"`
	Protocol  string `json:"protocol"`
}

// Free writes ports that are free as JSON, for `portlint free`. hostIP is the address that they are for, "" for all.
func Free(w io.Writer, r Report, hostIP, proto string, ports []pick.Result) error {
	return encode(w, jsonFree{Version: jsonVersion, Tool: r.jsonTool(), NotChecked: each(r.NotChecked, newJSONBlind),
		Ports: each(ports, func(p pick.Result) jsonFreePort { return jsonFreePort{hostIP, p.First, proto} })})
}

// Assigned is the value that a variable of a project gets.
type Assigned struct {
	Name         string   `json:"name"`
	Value        string   `json:"value"`
	Services     []string `json:"services,omitempty"`     // that publish a port by it, none for the name of the project
	Published    uint16   `json:"published,omitempty"`    // the lowest host port that it gives, 0 for none
	PublishedEnd uint16   `json:"publishedEnd,omitempty"` // the highest, inclusive
	// What it gives of names and subnets, none for a port.
	ContainerNames []string `json:"containerNames,omitempty"`
	NetworkNames   []string `json:"networkNames,omitempty"`
	Subnets        []string `json:"subnets,omitempty"`
	Changed        bool     `json:"changed"` // it has another value now
}

type jsonAssigned struct {
	Version    int         `json:"version"`
	Tool       jsonTool    `json:"tool"`
	Project    string      `json:"project"`
	Variables  []Assigned  `json:"variables"`
	NotChecked []jsonBlind `json:"notChecked"`
}

// Assign writes the values of a project's variables as JSON, for `portlint assign`.
func Assign(w io.Writer, r Report, project string, all []Assigned) error {
	return encode(w, jsonAssigned{Version: jsonVersion, Tool: r.jsonTool(), Project: project, Variables: append([]Assigned{}, all...),
		NotChecked: each(r.NotChecked, newJSONBlind)})
}
