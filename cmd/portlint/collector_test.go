package main

import "testing"

func TestGarbageBesideWhatIsInUse(t *testing.T) {
	for live, want := range map[uint64]int64{0: 216 << 20, 32 << 20: 216 << 20, 100 << 20: 216 << 20, 128 << 20: 224 << 20, 1 << 30: 1792 << 20} {
		if got := memoryLimit(live); got != want {
			t.Errorf("%d bytes in use: a limit of %d, expected %d", live, got, want)
		}
	}
}
