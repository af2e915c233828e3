package run

import (
	"bytes"
	"reflect"
	"sync/atomic"
	"testing"
	"time"
)

func TestUseColor(t *testing.T) {
	for _, c := range []struct {
		flag string
		env  map[string]string
		want bool
	}{
		{"auto", nil, false}, // a buffer is no terminal
		{"always", map[string]string{"NO_COLOR": "1"}, true},
		{"never", map[string]string{"FORCE_COLOR": "1"}, false},
		{"auto", map[string]string{"FORCE_COLOR": "1"}, true},
		{"auto", map[string]string{"FORCE_COLOR": "1", "NO_COLOR": "1"}, true},
		{"auto", map[string]string{"FORCE_COLOR": "0"}, false},
		{"auto", map[string]string{"NO_COLOR": "1"}, false},
		{"auto", map[string]string{"TERM": "dumb"}, false},
	} {
		got, err := UseColor(c.flag, Process{Env: c.env, Stdout: &bytes.Buffer{}})
		if err != nil || got != c.want {
			t.Errorf("--color %s with %v: got %v, %v", c.flag, c.env, got, err)
		}
	}
}

func TestProgress(t *testing.T) {
	var out bytes.Buffer
	var done atomic.Int64
	done.Store(3)
	ticks, quit := make(chan time.Time), make(chan struct{})
	shown := make(chan bool)
	go func() { shown <- progress(Process{Stderr: &out}, 12, &done, ticks, quit) }()
	ticks <- time.Time{}
	close(quit)
	if !<-shown || out.String() != "\rreading projects: 3 of 12" {
		t.Errorf("got %q", out.String())
	}
}

func TestProgressNeedsTerminal(t *testing.T) {
	var out bytes.Buffer
	var done atomic.Int64
	startProgress(Process{Stderr: &out}, 12, &done)()
	if out.Len() > 0 {
		t.Errorf("got %q", out.String())
	}
}

func TestEnvironment(t *testing.T) {
	got := Environment([]string{"A=1", "B=x=y", "=C:=C:\\", "EMPTY="})
	want := map[string]string{"A": "1", "B": "x=y", "EMPTY": ""}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
