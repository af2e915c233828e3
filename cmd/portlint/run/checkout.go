package run

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint/safefile"
)

// checkout is the working tree that a directory belongs to.
type checkout struct {
	Root   string   // of the working tree; "" outside of a repository
	Linked bool     // made by `git worktree add`, and not the first one
	git    string   // the directory that git keeps for this working tree, with its index; "" outside
	Branch string   // that is checked out, where somebody asked for it
	Others []string // the roots of the repository's other working trees, as far as they are there
}

// CheckoutOf reads what git keeps about working trees, without running git. What can't be read is taken for no repository,
// as git does. Source: git Documentation/gitrepository-layout, git-worktree DETAILS.
func CheckoutOf(dir string) checkout {
	root := compose.Repository(dir)
	if root == "" {
		return checkout{}
	}
	c := checkout{Root: root, git: filepath.Join(root, ".git")}
	if to, ok := pointer(c.git, "gitdir: "); ok {
		c.git = Below(root, to)
	}
	common := c.git
	if to, ok := pointer(filepath.Join(c.git, "commondir"), ""); ok {
		common, c.Linked = Below(c.git, to), true
	}
	c.Others = slices.DeleteFunc(trees(common), func(tree string) bool { return SameDir(tree, root) })
	return c
}

// trees lists the working trees of a repository that are there: the first one, and those of `git worktree add`.
func trees(common string) []string {
	var all []string
	if filepath.Base(common) == ".git" {
		all = append(all, filepath.Dir(common))
	}
	entries, _ := safefile.List(filepath.Join(common, "worktrees"), maxWorktrees) // without it there are no others
	for _, e := range entries {
		git := filepath.Join(common, "worktrees", e.Name())
		if to, ok := pointer(filepath.Join(git, "gitdir"), ""); ok {
			all = append(all, filepath.Dir(Below(git, to)))
		}
	}
	return slices.DeleteFunc(all, func(tree string) bool {
		_, err := os.Stat(filepath.Join(tree, ".git"))
		return err != nil
	})
}

// The bounds of what is read of git's: working trees, and the bytes of a file with one path.
const (
	maxWorktrees = 1000
	maxPointer   = 1 << 16
)

// pointer reads a file of git that holds one path.
func pointer(file, prefix string) (string, bool) {
	text, err := safefile.Read(file, maxPointer)
	if err != nil {
		return "", false
	}
	path, ok := strings.CutPrefix(strings.TrimRight(string(text), "\r\n"), prefix)
	return filepath.FromSlash(path), ok && path != ""
}

// head is what is checked out in the working tree: a branch, or the beginning of the commit's name; "" when that can't be read.
// Source: git Documentation/gitrepository-layout, HEAD.
func (c checkout) head() string {
	head, _ := pointer(filepath.Join(c.git, "HEAD"), "")
	head = filepath.ToSlash(head)
	switch name, isRef := strings.CutPrefix(head, "ref: "); {
	case isRef:
		return strings.TrimPrefix(name, "refs/heads/")
	case len(head) >= 40 && strings.Trim(head, "0123456789abcdef") == "":
		return head[:12]
	}
	return ""
}

// SameDir reports whether two paths lead to one directory.
func SameDir(a, b string) bool {
	if filepath.Clean(a) == filepath.Clean(b) {
		return true
	}
	i, err1 := os.Stat(a)
	j, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(i, j)
}

// maxIndex bounds git's index, in bytes: one of a very large repository.
const maxIndex = 64 << 20

// Tracks reports whether a file is in git's index, as far as that can be read.
func (c checkout) Tracks(file string) bool {
	if c.git == "" {
		return false
	}
	text, err := safefile.Read(filepath.Join(c.git, "index"), maxIndex)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(c.Root, file)
	if err != nil {
		return false
	}

	for _, idSize := range []int{20, 32} { // SHA-1, and SHA-256, with which it is no index of the other
		if names, err := indexNames(text, idSize); err == nil {
			return slices.Contains(names, filepath.ToSlash(rel))
		}
	}
	return false
}
