package dockerapi

import (
	"testing"

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
