// Package names chooses the variables that give containers their names: how they are called, and which of them is still free.
package names

import (
	"fmt"
	"slices"
	"strings"
)

// Suffixes of the variables of a project's container names: the shorter one where it tells enough.
const (
	short = "_NAME"
	long  = "_CONTAINER_NAME"
)

// Request is what a project asks for.
type Request struct {
	Names []string // of containers, in the order in which they get their variables; the same name twice gets one
	// Explicit: the project has a variable already whose name ends in CONTAINER_NAME.
	Explicit bool
	Taken    map[string]bool // variables, in upper case, that the project uses for something
	// Free reports whether a variable is not given to another name by anybody else.
	Free func(variable, name string) bool
}

// Variables are the variables for the names of a project, by name. They are called after the name: shop-web gives SHOP_WEB_NAME. A
// name of one word would give what people use for other things, such as DB_NAME, and some are taken: then all of the project's
// end in CONTAINER_NAME.
func Variables(r Request) map[string]string {
	suffix := short
	if r.Explicit || slices.ContainsFunc(r.Names, r.ambiguous) {
		suffix = long
	}

	out, used := map[string]string{}, map[string]bool{}
	for _, name := range r.Names {
		for n := 1; out[name] == ""; n++ {
			variable := variableOf(name, suffix+Numbered(n))
			if !r.Taken[variable] && !used[variable] && r.Free(variable, name) {
				out[name], used[variable] = variable, true
			}
		}
	}
	return out
}

// OfNetwork is the variable for the n-th network, from 1, that would have the same one: shop-net gives SHOP_NET_NAME, and a name that does not
// say that it is a network's gives SHOP_NETWORK_NAME.
func OfNetwork(name string, n int) string {
	words := strings.Split(Stem(name), "_")
	if last := words[len(words)-1]; last == "NET" || last == "NETWORK" {
		return variableOf(name, short+Numbered(n))
	}
	return variableOf(name, "_NETWORK"+short+Numbered(n))
}

// ambiguous reports whether the shorter variable of a name is taken, or is one of two words.
func (r Request) ambiguous(name string) bool {
	variable := variableOf(name, short)
	return r.Taken[variable] || strings.Count(variable, "_") < 2
}

// variableOf is the variable of a name; one can't begin with a digit, so that 1-a gives NAME_1_A.
func variableOf(name, suffix string) string {
	stem := Stem(name)
	if stem[0] >= '0' && stem[0] <= '9' {
		return strings.TrimPrefix(suffix, "_") + "_" + stem
	}
	return stem + suffix
}

// Stem turns the name of a service or a container into the part of a variable's name.
func Stem(name string) string {
	upper := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		default:
			return '_'
		}
	}, name)

	parts := slices.DeleteFunc(strings.Split(upper, "_"), func(s string) bool { return s == "" })
	if len(parts) == 0 {
		return "SERVICE"
	}
	return strings.Join(parts, "_")
}

// Numbered is the end of the n-th variable that would have one name, from 1: nothing, then "_2".
func Numbered(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf("_%d", n)
}
