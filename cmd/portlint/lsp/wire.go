package lsp

import (
	"encoding/json"

	"github.com/portlint/portlint/lint"
)

// The types below are what portlint uses of the Language Server Protocol 3.17, by its names:
// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/

type initializeParams struct {
	RootURI      string            `json:"rootUri"`
	RootPath     string            `json:"rootPath"`
	Folders      []workspaceFolder `json:"workspaceFolders"`
	Capabilities abilities         `json:"capabilities"`
	Options      json.RawMessage   `json:"initializationOptions"`
}

type workspaceFolder struct {
	URI string `json:"uri"`
}

// abilities are what an editor can do.
type abilities struct {
	General struct {
		Encodings []string `json:"positionEncodings"`
	} `json:"general"`
	Workspace struct {
		Edit struct {
			DocumentChanges bool     `json:"documentChanges"`
			Operations      []string `json:"resourceOperations"`
		} `json:"workspaceEdit"`
		Watch struct {
			Dynamic bool `json:"dynamicRegistration"`
		} `json:"didChangeWatchedFiles"`
	} `json:"workspace"`
	Text struct {
		Hover struct {
			Formats []string `json:"contentFormat"`
		} `json:"hover"`
		Publish struct {
			Related bool `json:"relatedInformation"`
		} `json:"publishDiagnostics"`
		Action struct {
			Literals  json.RawMessage `json:"codeActionLiteralSupport"`
			Preferred bool            `json:"isPreferredSupport"`
		} `json:"codeAction"`
	} `json:"textDocument"`
	encoding encoding
}

type initializeResult struct {
	Capabilities capabilities `json:"capabilities"`
	Server       serverInfo   `json:"serverInfo"`
}

type serverInfo struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type capabilities struct {
	Encoding encoding     `json:"positionEncoding"`
	Sync     syncOptions  `json:"textDocumentSync"`
	Hover    bool         `json:"hoverProvider"`
	Actions  *actionKinds `json:"codeActionProvider,omitempty"`
}

type syncOptions struct {
	OpenClose bool `json:"openClose"`
	Change    int  `json:"change"` // 2: incremental
	Save      bool `json:"save"`
}

type actionKinds struct {
	Kinds []string `json:"codeActionKinds"`
}

type position struct {
	Line      int `json:"line"`      // from 0
	Character int `json:"character"` // from 0, in units of the encoding
}

type textRange struct {
	Start position `json:"start"`
	End   position `json:"end"` // exclusive
}

type location struct {
	URI   string    `json:"uri"`
	Range textRange `json:"range"`
}

type documentID struct {
	URI     string `json:"uri"`
	Version *int   `json:"version"` // null: as it is on the disk
}

type openParams struct {
	Document struct {
		URI      string `json:"uri"`
		Language string `json:"languageId"`
		Version  int    `json:"version"`
		Text     string `json:"text"`
	} `json:"textDocument"`
}

type changeParams struct {
	Document documentID   `json:"textDocument"`
	Changes  []textChange `json:"contentChanges"`
}

type textChange struct {
	Range *textRange `json:"range"` // nil: the whole text
	Text  string     `json:"text"`
}

type documentParams struct {
	Document documentID `json:"textDocument"`
}

type positionParams struct {
	Document documentID `json:"textDocument"`
	Position position   `json:"position"`
}

type cancelParams struct {
	ID json.RawMessage `json:"id"`
}

type logParams struct {
	Type    int    `json:"type"`
	Message string `json:"message"`
}

// The types of a log message.
const (
	logError = 1
	logInfo  = 3
)

type publishParams struct {
	URI         string       `json:"uri"`
	Version     *int         `json:"version,omitempty"`
	Diagnostics []diagnostic `json:"diagnostics"`
}

type diagnostic struct {
	Range    textRange     `json:"range"`
	Severity int           `json:"severity"`
	Code     string        `json:"code,omitempty"`
	Source   string        `json:"source"`
	Message  string        `json:"message"`
	Related  []relatedInfo `json:"relatedInformation,omitempty"`
}

type relatedInfo struct {
	Location location `json:"location"`
	Message  string   `json:"message"`
}

// lspSeverity is the protocol's number of a severity: 1 for an error, 2 for a warning, 3 for information.
func lspSeverity(s lint.Severity) int { return int(lint.Error-s) + 1 }

type hoverAnswer struct {
	Contents markup    `json:"contents"`
	Range    textRange `json:"range"`
}

type markup struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

type actionParams struct {
	Document documentID `json:"textDocument"`
	Range    textRange  `json:"range"`
	Context  struct {
		Only []string `json:"only"`
	} `json:"context"`
}

type codeAction struct {
	Title       string        `json:"title"`
	Kind        string        `json:"kind"`
	Diagnostics []diagnostic  `json:"diagnostics,omitempty"`
	Preferred   bool          `json:"isPreferred,omitempty"`
	Edit        workspaceEdit `json:"edit"`
}

// workspaceEdit has one of its fields, by what the editor understands.
type workspaceEdit struct {
	Changes         map[string][]textEdit `json:"changes,omitempty"`
	DocumentChanges []any                 `json:"documentChanges,omitempty"` // fileCreation and documentEdit
}

type fileCreation struct {
	Kind string `json:"kind"` // "create"
	URI  string `json:"uri"`
}

type documentEdit struct {
	Document documentID `json:"textDocument"`
	Edits    []textEdit `json:"edits"`
}

type textEdit struct {
	Range textRange `json:"range"`
	Text  string    `json:"newText"`
}

type registerParams struct {
	Registrations []registration `json:"registrations"`
}

type registration struct {
	ID      string `json:"id"`
	Method  string `json:"method"`
	Options any    `json:"registerOptions"`
}

type watchOptions struct {
	Watchers []watcher `json:"watchers"`
}

type watcher struct {
	Glob string `json:"globPattern"`
}
