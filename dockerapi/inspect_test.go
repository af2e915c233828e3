package dockerapi

import (
	"errors"
	"fmt"
	"testing"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"

	"github.com/portlint/portlint/lint"
)

// TestRetries wants what moby's restart manager makes of an exited container when the engine starts.
func TestRetries(t *testing.T) {
	for _, tt := range []struct {
		exit, count, most int
		want              bool
	}{
		{exit: 0, want: false},
		{exit: 137, want: true},
		{exit: 1, count: 2, most: 3, want: true},
		{exit: 1, count: 3, most: 3, want: false},
	} {
		full := container.InspectResponse{ContainerJSONBase: &container.ContainerJSONBase{
			State: &container.State{ExitCode: tt.exit}, RestartCount: tt.count,
			HostConfig: &container.HostConfig{RestartPolicy: container.RestartPolicy{Name: "on-failure", MaximumRetryCount: tt.most}},
		}}
		var c lint.Container
		if fill(&c, &full, nil); c.Retries != tt.want || c.Restart != "on-failure" {
			t.Errorf("%+v: %+v", tt, c)
		}
	}
}

// TestToInspect: whatever does not run and may start is asked which ports it wants, the restarting ones first; what is
// being removed never starts again.
func TestToInspect(t *testing.T) {
	var all []lint.Container
	for _, state := range []string{"running", "paused", "created", "exited", "removing", "dead", "restarting"} {
		all = append(all, lint.Container{Name: state, State: state, Project: "blog"})
	}
	for project, want := range map[string]string{
		"":     "[restarting created exited dead]",
		"shop": "[restarting created exited dead]",
		"blog": "[created exited removing dead restarting]", // its own, all of them
	} {
		selected, left := toInspect(all, project, false)
		names := make([]string, len(selected))
		for i, c := range selected {
			names[i] = c.Name
		}
		if fmt.Sprint(names) != want || left != 0 {
			t.Errorf("from %q: %s and %d left out, want %s", project, names, left, want)
		}
	}
}

// TestGone: a container that went away between the list and the question wants nothing, in the words of either engine.
func TestGone(t *testing.T) {
	for text, want := range map[string]bool{
		"container 0f1d does not exist in database: no such container": true,
		"the engine is busy": false,
	} {
		if got := gone(errors.New(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
	if !gone(errdefs.ErrNotFound) {
		t.Error("Docker's answer is not understood")
	}
}
