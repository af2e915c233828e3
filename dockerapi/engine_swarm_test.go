package dockerapi

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/docker/docker/api/types/swarm"
	"github.com/docker/docker/client"

	"github.com/portlint/portlint/lint"
)

// TestEngineSwarm: a service's ports are known on a manager; without a swarm there is nothing to know, and nothing is blind.
func TestEngineSwarm(t *testing.T) {
	realEngines(t, func(t *testing.T, e engine) {
		if h := Look(t.Context(), e.options("")); len(h.Swarm) > 0 || hasBlind(h, blindSwarm) {
			t.Errorf("without a swarm: %+v %+v", h.Swarm, h.Blind)
		}
		api, err := client.NewClientWithOpts(client.WithHost("unix://"+e.socket), client.WithAPIVersionNegotiation())
		if err != nil {
			t.Fatal(err)
		}
		defer api.Close()
		if _, err := api.SwarmInit(t.Context(), swarm.InitRequest{ListenAddr: "127.0.0.1:2377", AdvertiseAddr: "127.0.0.1"}); err != nil {
			t.Fatal(err)
		}
		defer api.SwarmLeave(context.Background(), true)
		edge := swarm.ServiceSpec{Annotations: swarm.Annotations{Name: "edge"}, EndpointSpec: &swarm.EndpointSpec{Ports: []swarm.PortConfig{
			{Protocol: "tcp", TargetPort: 80, PublishedPort: 8585},
			{Protocol: "udp", TargetPort: 53, PublishedPort: 5353, PublishMode: swarm.PortConfigPublishModeHost},
		}}}
		edge.TaskTemplate.ContainerSpec = &swarm.ContainerSpec{Image: "portlint-test"}
		if _, err := api.ServiceCreate(t.Context(), edge, swarm.ServiceCreateOptions{}); err != nil {
			t.Fatal(err)
		}
		want := []lint.SwarmPort{{Service: "edge", Proto: "tcp", Port: 8585, Ingress: true, Tasks: 1}, {Service: "edge", Proto: "udp", Port: 5353, Tasks: 1}}
		var h lint.Host
		for range 100 { // the manager gives the ports a moment later
			if h = Look(t.Context(), e.options("")); len(h.Swarm) > 0 {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		if !slices.Equal(h.Swarm, want) || h.Nodes != 1 || hasBlind(h, blindSwarm) {
			t.Errorf("got %+v on %d nodes, %+v, want %+v", h.Swarm, h.Nodes, h.Blind, want)
		}
	})
}

func hasBlind(h lint.Host, what string) bool {
	return slices.ContainsFunc(h.Blind, func(b lint.Blind) bool { return b.What == what })
}
