package main

import "testing"

func TestGarbageBesideWhatIsInUse(t *testing.T) {
	for live, want := range map[uint64]int{0: 400, 4 << 20: 400, 32 << 20: 400, 64 << 20: 200, 128 << 20: 100, 1 << 30: 75} {
		if got := garbagePercent(live); got != want {
			t.Errorf("%d bytes in use: %d percent of garbage, expected %d", live, got, want)
		}
	}
}
