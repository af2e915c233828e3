// Command program is the programs of package fakes, built once for a run of the tests and called by many names.
package main

import "github.com/portlint/portlint/cmd/portlint/fakes"

func main() { fakes.Main() }
