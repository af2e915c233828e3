//go:build linux

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// engineKind is what an engine says of itself, and whose it is.
type engineKind struct {
	podman, rootless bool
	version          string
	uid              uint32 // of who serves the socket
}

func (k engineKind) String() string {
	words := []string{"Docker", k.version}
	if k.podman {
		words[0] = "Podman"
	}
	if k.rootless {
		words = append(words, "rootless")
	}
	return strings.Join(words, " ")
}

// learn asks the engine what it is.
func (s *engineEnv) learn(ctx context.Context) error {
	var version struct {
		Version    string
		Components []struct{ Name string }
	}
	var info struct {
		Rootless        bool // Podman's
		SecurityOptions []string
	}
	peer, err := peerOf(s.socket)
	err = errors.Join(err, s.call(ctx, "GET", "/version", nil, &version), s.call(ctx, "GET", "/info", nil, &info))
	if err != nil {
		return err
	}

	s.kind = engineKind{version: version.Version, uid: peer.Uid}
	s.kind.podman = slices.ContainsFunc(version.Components, func(c struct{ Name string }) bool { return c.Name == "Podman Engine" })
	s.kind.rootless = info.Rootless || slices.ContainsFunc(info.SecurityOptions, func(o string) bool { return strings.HasPrefix(o, "name=rootless") })
	return nil
}

// peerOf is the process that serves a socket.
func peerOf(socket string) (*unix.Ucred, error) {
	c, err := net.Dial("unix", socket)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	raw, err := c.(*net.UnixConn).SyscallConn()
	if err != nil {
		return nil, err
	}
	var peer *unix.Ucred
	ctl := raw.Control(func(fd uintptr) { peer, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) })
	return peer, errors.Join(ctl, err)
}

// askAsUser makes the program that asks portlint as the user of a rootless engine, in a directory that this user may enter.
func (s *engineEnv) askAsUser(dir string) error {
	if int(s.kind.uid) == os.Getuid() {
		return nil
	}

	self, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	defer self.Close()
	s.asker = filepath.Join(dir, "asker")
	to, err := os.OpenFile(s.asker, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, self)
	return errors.Join(err, to.Close(), os.Chmod(dir, 0o755))
}

// expected is what a case says of an engine.
type expected struct {
	did   []string // what `up` does
	says  string   // what portlint may say instead of the plain truth, "" for nothing else
	open  bool     // `up` may do anything else too, and portlint has to be right about it, or leave it open
	never bool     // the engine knows no such thing
}

// provenOn reports whether every situation can be set up on the engine, and what it does is known.
func provenOn(engine string) bool { return engine == "old" || engine == "new" }

// wants reads "FAIL", "OK possible", "FAIL|OK possible" or "old: FAIL; new: OK". Nothing is run where "-" is wanted. The words are about the
// engines old and new. What another one does it may show itself, unless it has words of its own.
func (c situation) wants(engine string) (expected, error) {
	proven := provenOn(engine)
	for one := range strings.SplitSeq(c.want, ";") {
		name, rest, special := strings.Cut(one, ":")
		if !special {
			rest = one
		}
		if special && strings.TrimSpace(name) != engine {
			continue
		}

		words := strings.Fields(rest)
		if len(words) == 0 || len(words) > 2 {
			return expected{}, fmt.Errorf("can't read what is wanted: %q", c.want)
		}
		if words[0] == "-" && (proven || special) {
			return expected{never: true}, nil
		}
		e := expected{did: strings.Split(words[0], "|"), open: !proven && !special}
		if len(words) == 2 {
			e.says = words[1]
		}
		return e, nil
	}
	if proven {
		return expected{}, fmt.Errorf("nothing is wanted of engine %q: %q", engine, c.want)
	}
	return expected{open: true}, nil
}

// wrong says what is wrong with the ending of a case, "" when nothing is.
func (e expected) wrong(got ending) string {
	did, plain := slices.Contains(e.did, got.did), string(got.said) == truth[got.did]
	asWanted := did && string(got.said) == e.says || plain && e.says == ""
	switch {
	case e.open && (plain || asWanted || !got.lied()):
		return ""
	case e.open:
		return fmt.Sprintf("portlint said %s, up said %s", got.said, got.did)
	case !did:
		return fmt.Sprintf("the case is wrong: up said %s, not %s", got.did, strings.Join(e.did, " or "))
	case !asWanted:
		return fmt.Sprintf("portlint said %s, up said %s, want %s", got.said, got.did, cmp.Or(e.says, truth[got.did]))
	}
	return ""
}
