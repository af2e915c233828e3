package fakes

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/docker/cli/cli-plugins/socket"
)

// waitForEnd counts interrupts, and ends with status 7 when it is terminated, or with 130 when docker tells its plugins to end.
func waitForEnd() {
	waits := make(chan struct{}) // closed when it has said so
	socket.ConnectAndWait(func() {
		<-waits
		fmt.Println("told to end")
		os.Exit(130)
	})

	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	fmt.Println("waiting", os.Getpid())
	close(waits)

	interrupts := 0
	for s := range signals {
		if s != os.Interrupt {
			break
		}
		interrupts++
		fmt.Println("interrupted", interrupts)
	}
	fmt.Println("interrupts:", interrupts)
	os.Exit(7)
}

// docker is the programs docker, podman and docker-compose of the scripts: it prints its command line, the variables that
// FAKE_SHOW names and, where FAKE_STDIN is set, its standard input, waits where FAKE_WAIT is set, and ends with status FAKE_STATUS. Where
// it is to stop a service, the list of containers in FAKE_STOPS is empty then, unless it fails.
func docker(name string) {
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

	fmt.Printf("%s %q\n", name, words)
	for name := range strings.FieldsSeq(os.Getenv("FAKE_SHOW")) {
		value, set := os.LookupEnv(name)
		fmt.Printf("%s=%s %t\n", name, value, set)
	}
	if os.Getenv("FAKE_STDIN") != "" {
		_, _ = io.Copy(os.Stdout, os.Stdin)
	}
	if os.Getenv("FAKE_WAIT") != "" {
		waitForEnd()
	}

	status, _ := strconv.Atoi(os.Getenv("FAKE_STATUS"))
	if list := os.Getenv("FAKE_STOPS"); list != "" && status == 0 && slices.Contains(words, "stop") {
		if err := os.WriteFile(list, []byte("[]"), 0o600); err != nil {
			panic(err)
		}
	}
	os.Exit(status)
}
