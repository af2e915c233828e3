package fakes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// Measurement is a run of a program that measured makes, and what came of it.
type Measurement struct {
	Dir   string
	Env   []string // beside the one of the test
	Words []string
	Wait  time.Duration // for its end

	Output string
	Err    string          // "" where it ended with status 0
	Ended  bool            // by itself, in time
	Usage  json.RawMessage // what the system counted for it
}

// measured runs the programs of a JSON list on standard input, one after the other, and prints the list with what came of them. The
// tests themselves can't ask: Linux counts the memory of the process that starts another one for the other one too, and this one is small.
func measured() {
	var runs []*Measurement
	err := json.NewDecoder(os.Stdin).Decode(&runs)
	for _, m := range runs {
		err = errors.Join(err, m.run())
	}

	err = errors.Join(err, json.NewEncoder(os.Stdout).Encode(runs))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (m *Measurement) run() error {
	ctx, stop := context.WithTimeout(context.Background(), m.Wait)
	defer stop()
	cmd := exec.CommandContext(ctx, m.Words[0], m.Words[1:]...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = m.Dir, append(os.Environ(), m.Env...), time.Second

	out, err := cmd.CombinedOutput()
	if err != nil {
		m.Err = err.Error()
	}
	if cmd.ProcessState == nil {
		return err
	}

	m.Output, m.Ended = string(out), ctx.Err() == nil && cmd.ProcessState.ExitCode() >= 0
	m.Usage, err = json.Marshal(cmd.ProcessState.SysUsage())
	return err
}
