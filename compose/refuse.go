package compose

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/portlint/portlint/lint"
)

// refuseShort says at which part of a short item go-connections stopped, and what it expected.
func (it *item) refuseShort(s scalar, f fields, err error) reading {
	host, target, proto, ip := s.words(f.host), s.words(f.target), s.words(f.proto), f.text(f.ip)
	switch reason := err.Error(); {
	case strings.HasPrefix(reason, "invalid proto"):
		return it.refusePart(s, f.proto, fmt.Sprintf("unknown protocol %q, expected tcp, udp or sctp", proto), closestProto(f.text(f.proto)))
	case f.text(f.target) == "":
		return it.refuse(s.span(), fmt.Sprintf("%q names no container port", s.words(field{0, len(s.expanded)})), "")
	case strings.HasPrefix(reason, "invalid IP"):
		return it.refuseIP(s, f, ip)
	case strings.HasPrefix(reason, "invalid containerPort"):
		return it.refusePart(s, f.target, fmt.Sprintf("%q is not a container port from 1 to 65535, or a range that goes up", target),
			turned(f.text(f.target)))
	case strings.HasPrefix(reason, "invalid hostPort"):
		return it.refuseHost(s, f)
	case strings.HasPrefix(reason, "invalid ranges"):
		return it.refuse(s.span(), fmt.Sprintf(
			"the ranges %s and %s are not equally long; expected as many host ports as container ports, or one container port",
			host, target), "")
	case s.words(field{0, len(s.expanded)}) == s.expanded:
		return it.refuse(s.span(), reason, "")
	default: // the reason may quote what a variable holds
		return it.refuse(s.span(), fmt.Sprintf("%q stands for nothing that Compose takes for a port", s.raw), "")
	}
}

// refusePart refuses an item at one of its parts; the correction is for exactly the bytes of that part.
func (it *item) refusePart(s scalar, part field, reason, replaced string) reading {
	if t := s.trace(part); !s.exact || !t.exact || t.raw != s.expanded[part.start:part.end] {
		replaced = ""
	}
	return it.refuse(s.place(part), reason, replaced)
}

func (it *item) refuseHost(s scalar, f fields) reading {
	host, words := f.text(f.host), s.words(f.host)
	if number, proto, ok := strings.Cut(host, "/"); ok && knownProto(strings.ToLower(proto)) {
		return it.refusePart(s, f.host, fmt.Sprintf(
			"the protocol stands on the host side %q; it belongs behind the container port only", words), number)
	}
	return it.refusePart(s, f.host, fmt.Sprintf("%q is not a host port from 0 to 65535, or a range that goes up", words), turned(host))
}

func (it *item) refuseIP(s scalar, f fields, ip string) reading {
	switch {
	case ip == "localhost":
		return it.refusePart(s, f.ip, `"localhost" is a name, expected an IP address`, "127.0.0.1")
	case knownProto(f.text(f.target)):
		return it.refuse(s.span(), fmt.Sprintf("the protocol follows a slash: expected %s:%s/%s", s.words(f.ip), s.words(f.host), s.words(f.target)), "")
	default:
		return it.refusePart(s, f.ip, fmt.Sprintf("%q is not an IP address", s.words(f.ip)), "")
	}
}

// refuseExpression is for ${X:=1} and other shapes that Compose does not know.
func (it *item) refuseExpression(s scalar) reading {
	if at := strings.Index(s.raw, ":="); at >= 0 && s.exact {
		place := lint.Span{File: s.file.Path, Start: s.content.Start + at, End: s.content.Start + at + 2}
		return it.refuse(place, "\":=\" is not an operator of Compose, expected \":-\" for a default", ":-")
	}
	return it.refuse(s.span(), fmt.Sprintf("%q is not an expression that Compose knows", s.raw), "")
}

// refusedLater finds what the parser of the short form lets through and Compose or the engine refuses.
func refusedLater(b *lint.Binding, s scalar, f fields) (part field, reason string) {
	low, _, _ := strings.Cut(f.text(f.target), "-")
	if port, err := strconv.Atoi(low); err == nil && port == 0 {
		return f.target, "0 is not a container port"
	}

	host := f.text(f.host)
	if b.Unknown || host == "" {
		return absent, ""
	}
	if _, err := portRange(strings.TrimPrefix(host, "+")); err != nil && strings.Contains(host, "-") {
		return f.host, rangeFault(s.words(f.host), host, err)
	}
	if ip := f.text(f.ip); ip != "" {
		if _, err := netip.ParseAddr(strings.Trim(ip, "[]")); err != nil {
			return f.ip, fmt.Sprintf("%q is not an IP address", s.words(f.ip))
		}
	}
	return absent, ""
}

// rangeFault is what is wrong with a host port: err, unless it quotes what a variable holds. words are what may be said of it.
func rangeFault(words, text string, err error) string {
	if words == text {
		return err.Error()
	}
	return fmt.Sprintf("%q is not a port from 0 to 65535, or a range that goes up", words)
}

// turned is a reversed range the right way round, "" for anything else.
func turned(s string) string {
	low, high, ok := strings.Cut(s, "-")
	if !ok {
		return ""
	}
	if _, err := portRange(high + "-" + low); err != nil {
		return ""
	}
	return high + "-" + low
}

// closestProto is the protocol that a misspelled one was meant to be: the same letters, or one more or less.
func closestProto(p string) string {
	for _, known := range []string{"tcp", "udp"} {
		if len(p) >= 2 && len(p) <= 4 && lettersOff(p, known) <= 1 {
			return known
		}
	}
	return ""
}

// lettersOff counts the letters of a that b has not.
func lettersOff(a, b string) int {
	off := 0
	for _, r := range strings.ToLower(a) {
		if !strings.ContainsRune(b, r) {
			off++
		}
	}
	return off
}
