package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// How much garbage may lie beside what is in use, in percent of it: a small run is over before any is worth collecting, and where
// thousands of projects are in use, garbage is memory that others need.
const (
	mostGarbage  = 400
	leastGarbage = 75
	spareBytes   = 128 << 20 // of garbage, between the two
)

// tuneCollector chooses after each collection how much garbage may come together until the next one.
func tuneCollector() {
	debug.SetGCPercent(mostGarbage)
	afterCollection(mostGarbage)
}

// afterCollection waits for the next collection: that takes what nothing refers to.
func afterCollection(percent int) {
	runtime.AddCleanup(new(*int), func(was int) {
		now := garbagePercent(liveBytes())
		if now != was {
			debug.SetGCPercent(now)
		}
		afterCollection(now)
	}, percent)
}

// garbagePercent is how much garbage may lie beside so many bytes in use.
func garbagePercent(live uint64) int {
	return int(min(max(spareBytes*100/max(live, 1), leastGarbage), mostGarbage))
}

// liveBytes is what the last collection left on the heap.
func liveBytes() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}
