//go:build !unix

package up

import "os"

// handedOn are the signals that portlint keeps from ending it while another program runs.
func handedOn() []os.Signal { return []os.Signal{os.Interrupt} }

// OutliveReaders has nothing to do: there is no such signal, only the error of the write.
func OutliveReaders() {}

// fromTerminal: an interrupt reaches every process of the console, and can't be sent to one alone.
func fromTerminal(os.Signal) bool { return true }

// StatusOf is the exit code of a program that ended.
func StatusOf(p *os.ProcessState) int { return p.ExitCode() }

// signalNumber: the only signal is an interrupt, which is number 2 everywhere else.
func signalNumber(os.Signal) int { return 2 }

// jobsStop says that Ctrl-Z stops programs.
const jobsStop = false

// stopJob is never called: Ctrl-Z is a key like others.
func stopJob() {}
