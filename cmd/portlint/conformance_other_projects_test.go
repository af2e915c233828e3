//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// otherProject makes a container on the default network. Words are ports as in `docker run -p`, "host" for host networking,
// "name=NAME", "network=NAME", "restart=POLICY", "command=A,B", "label:NAME=VALUE", and the state that it shall be in when it is not running:
// "created", "paused", "stopped" or "crashing".
func (p *situationRun) otherProject(ctx context.Context, words []string) error {
	labels, bindings, exposed := map[string]string{"portlint-test": p.id}, map[string][]map[string]string{}, map[string]any{}
	host := map[string]any{"PortBindings": bindings}
	body := map[string]any{"Image": "portlint-test", "Labels": labels, "HostConfig": host, "ExposedPorts": exposed}
	called, end := fmt.Sprintf("%s-s%d", p.id, p.number()), ""
	for _, w := range words {
		name, value, _ := strings.Cut(w, "=")
		label, isLabel := strings.CutPrefix(name, "label:")
		switch {
		case w == "host":
			host["NetworkMode"] = "host"
		case name == "name":
			called = value
		case name == "network":
			host["NetworkMode"] = value
		case name == "restart":
			host["RestartPolicy"] = map[string]string{"Name": value}
		case name == "command":
			body["Cmd"] = strings.Split(value, ",")
		case isLabel:
			labels[label] = value
		case strings.Contains(w, ":"):
			target, binding := portBinding(w)
			bindings[target], exposed[target] = append(bindings[target], binding), struct{}{}
		default:
			end = w
		}
	}
	var made struct{ ID string }
	if err := p.call(ctx, "POST", "/containers/create?name="+url.QueryEscape(called), body, &made); err != nil {
		return err
	}
	return p.bring(ctx, made.ID, end)
}

// portBinding reads "127.0.0.1:8080:80/udp" for the engine's API.
func portBinding(text string) (target string, binding map[string]string) {
	i := strings.LastIndex(text, ":")
	host, target := text[:i], text[i+1:]
	if !strings.Contains(target, "/") {
		target += "/tcp"
	}
	j := strings.LastIndex(host, ":")
	return target, map[string]string{"HostIp": strings.Trim(host[:max(j, 0)], "[]"), "HostPort": host[j+1:]}
}

// bring takes a new container to the state that is wanted.
func (p *situationRun) bring(ctx context.Context, id, end string) error {
	var calls []string
	switch end {
	case "created":
	case "paused":
		calls = []string{"start", "pause"}
	case "stopped":
		calls = []string{"start", "stop?t=0"}
	case "", "crashing":
		calls = []string{"start"}
	default:
		return fmt.Errorf("no state %q", end)
	}
	for _, call := range calls {
		if err := p.call(ctx, "POST", "/containers/"+id+"/"+call, nil, nil); err != nil {
			return err
		}
	}
	return p.waitUntilReady(ctx, id, end)
}

// waitUntilReady waits until a container has crashed so often that it waits long for its next start, or listens.
func (p *situationRun) waitUntilReady(ctx context.Context, id, end string) error {
	for range 200 {
		var c struct {
			State        struct{ Status string }
			Config       struct{ Cmd []string }
			RestartCount int
		}
		if err := p.call(ctx, "GET", "/containers/"+id+"/json", nil, &c); err != nil {
			return err
		}
		if end != "crashing" || c.State.Status == "restarting" && c.RestartCount > 4 {
			if len(c.Config.Cmd) > 0 && c.Config.Cmd[0] == "listen" {
				time.Sleep(200 * time.Millisecond)
			}
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("never crashed")
}

// over waits until the project's containers have ended by themselves.
func (p *situationRun) over(ctx context.Context) error {
	for range 200 {
		var running []any
		filter := url.QueryEscape(fmt.Sprintf(`{"label":["com.docker.compose.project=%s"]}`, p.id))
		if err := p.call(ctx, "GET", "/containers/json?filters="+filter, nil, &running); err != nil || len(running) == 0 {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("still running")
}
