package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/spf13/pflag"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint"
)

// question is a project, and an `up` of it, that portlint is asked about.
type question struct {
	Dir     string
	Env     map[string]string
	Globals []string // flags before up
	Up      []string // flags and services after it
	// Patience is how long portlint waits for an answer, "" for the usual times
	Patience string
}

// verdictSaid is the answer, with the findings and blind spots behind it.
type verdictSaid struct {
	Verdict lint.Verdict
	Why     []string
}

// asker answers the question on standard input: the program that a test runs as another user.
func asker() {
	logrus.SetOutput(io.Discard)
	var q question
	var said verdictSaid
	err := json.NewDecoder(os.Stdin).Decode(&q)
	if err == nil {
		said, err = q.ask(context.Background())
	}

	err = errors.Join(err, json.NewEncoder(os.Stdout).Encode(said))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(run.ExitFailed)
	}
	os.Exit(run.ExitClean)
}

// ask is portlint's verdict, by the same steps as the command check.
func (q question) ask(ctx context.Context) (said verdictSaid, err error) {
	w := run.Process{Dir: q.Dir, Env: q.Env, Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard}
	var g run.Flags
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	g.Register(flags)
	if q.Patience != "" {
		if w.Patience, err = time.ParseDuration(q.Patience); err != nil {
			return said, err
		}
	}
	if err := flags.Parse(q.Globals); err != nil {
		return said, err
	}
	o, err := g.Options(w, false)
	if err != nil {
		return said, err
	}
	found, err := run.FindProjects(ctx, o, nil, nil)
	if err != nil {
		return said, err
	}
	all, err := run.Load(ctx, w, g, found.Projects)
	if err = errors.Join(append(all.Failed, err)...); err != nil {
		return said, err
	}
	up, err := upOptions(q.Up)
	if err != nil {
		return said, err
	}
	host := all.ProbeMachine(ctx, up)
	said.Verdict = lint.VerdictOf(all.Models(), host, up, all.Blind())
	for _, f := range lint.Run(all.Models(), lint.Settings{Host: host, Up: up}).Findings {
		if f.Severity > lint.Info {
			said.Why = append(said.Why, fmt.Sprintf("%s: %s [%s]", f.Certainty, f.Message, f.Rule))
		}
	}
	for _, b := range append(all.Blind(), host.Blind...) {
		said.Why = append(said.Why, fmt.Sprintf("not checked: %s: %s", b.What, b.Why))
	}
	return said, nil
}

// upOptions reads the words after `up`.
func upOptions(args []string) (lint.UpOptions, error) {
	o := lint.UpOptions{Scale: map[string]int{}}
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.BoolVar(&o.RemoveOrphans, "remove-orphans", false, "")
	f.BoolVar(&o.NoDeps, "no-deps", false, "")
	f.BoolVar(&o.NoRecreate, "no-recreate", false, "")
	f.BoolVar(&o.ForceRecreate, "force-recreate", false, "")
	f.StringToIntVar(&o.Scale, "scale", nil, "")
	err := f.Parse(args)
	o.Services = f.Args()
	return o, err
}
