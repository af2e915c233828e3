package lint

import (
	"testing"
	"time"
)

func TestAgeOfTheOwner(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 12, 0, 0, time.UTC)
	held := func(started time.Time, state string) Finding {
		c := Container{Name: "blog-web-1", Project: "blog", Service: "web", State: state, StartedAt: started}
		return Finding{Rule: "port-in-use", Severity: Error, Certainty: Certain, Message: `8080/tcp of "web" is taken by blog/web`,
			Owner: &Owner{Kind: OwnerContainer, Container: &c}}
	}
	for ago, want := range map[time.Duration]string{
		0: ", up 0 s", 119 * time.Second: ", up 119 s", 2 * time.Minute: ", up 2 min", 31 * time.Minute: ", up 31 min",
		119 * time.Minute: ", up 119 min", 47 * time.Hour: ", up 47 h", 48 * time.Hour: ", up 2 days",
		-time.Second: "", // the clocks differ
	} {
		if got := held(now.Add(-ago), "running").Age(now); got != want {
			t.Errorf("%s: %q, want %q", ago, got, want)
		}
	}

	started := now.Add(-time.Hour)
	nobody := held(started, "running")
	nobody.Message = `8080/tcp of "web" is taken`
	for name, f := range map[string]Finding{
		"one that has ended": held(started, "exited"), "a start that is not known": held(time.Time{}, "running"),
		"no name of an owner": nobody, "no owner": {Message: "8080/tcp is taken by a process"},
	} {
		if got := f.Age(now); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := held(started, "running").Age(time.Time{}); got != "" {
		t.Errorf("nobody asked when: %q", got)
	}

	process := Finding{Rule: "port-in-use", Severity: Error, Certainty: Certain, Message: "8080/tcp is taken by node",
		Owner: &Owner{Kind: OwnerProcess, Process: Process{Name: "node", StartedAt: started}}}
	if got := process.Age(now); got != ", up 60 min" {
		t.Errorf("a process: %q", got)
	}
}
