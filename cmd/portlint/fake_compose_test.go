package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// fakeDocker is the programs docker and docker-compose of the scripts: it prints its command line, the variables that
// FAKE_SHOW names and, where FAKE_STDIN is set, its standard input, and ends with status FAKE_STATUS.
func fakeDocker() {
	words := os.Args[1:]
	if v := os.Getenv("FAKE_VERSION"); strings.HasSuffix(strings.Join(words, " "), "version --short") {
		fmt.Println(v)
		return
	}
	if strings.HasSuffix(strings.Join(words, " "), "compose version") {
		if os.Getenv("FAKE_NO_PLUGIN") != "" {
			os.Exit(1)
		}
		return
	}
	fmt.Printf("%s %q\n", strings.TrimSuffix(os.Args[0][strings.LastIndexAny(os.Args[0], `/\`)+1:], ".exe"), words)
	for name := range strings.FieldsSeq(os.Getenv("FAKE_SHOW")) {
		value, set := os.LookupEnv(name)
		fmt.Printf("%s=%s %t\n", name, value, set)
	}
	if os.Getenv("FAKE_STDIN") != "" {
		_, _ = io.Copy(os.Stdout, os.Stdin)
	}
	status, _ := strconv.Atoi(os.Getenv("FAKE_STATUS"))
	os.Exit(status)
}
