// Command testimage is the only file of the image portlint-test: a process for containers of the engine tests.
//
//	/testimage              sleeps until it is told to stop
//	/testimage listen PORT  the same, with a listening TCP socket on PORT of every address
//	/testimage connect PORT ends at once, well if something listens on PORT of 127.0.0.1
//	/testimage exit CODE    ends at once
package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	switch {
	case len(args) == 2 && args[0] == "exit":
		code, err := strconv.Atoi(args[1])
		if err == nil {
			os.Exit(code)
		}
		return err
	case len(args) == 2 && args[0] == "connect":
		c, err := net.Dial("tcp", "127.0.0.1:"+args[1])
		if err != nil {
			return err
		}
		return c.Close()
	case len(args) == 2 && args[0] == "listen":
		l, err := net.Listen("tcp", ":"+args[1])
		if err != nil {
			return err
		}
		defer l.Close()
	}
	<-stop
	return nil
}
