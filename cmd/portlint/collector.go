package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// How much garbage may lie beside what is in use: a small run is over before any is worth collecting, and where thousands of
// projects are in use, garbage is memory that others need.
const (
	mostGarbage  = 400       // percent of what is in use
	leastGarbage = 75        // the same, of what does not fit below enoughMemory
	enoughMemory = 216 << 20 // bytes of this process, which the Go runtime tries not to exceed for garbage alone
)

// tuneCollector chooses after each collection how much memory may come together until the next one. A limit that the user set stays.
func tuneCollector() {
	debug.SetGCPercent(mostGarbage)
	if debug.SetMemoryLimit(-1) < math.MaxInt64 {
		return
	}
	debug.SetMemoryLimit(enoughMemory)
	afterCollection(enoughMemory)
}

// afterCollection waits for the next collection: that takes what nothing refers to.
func afterCollection(limit int64) {
	runtime.AddCleanup(new(*int), func(was int64) {
		now := memoryLimit(liveBytes())
		if now != was {
			debug.SetMemoryLimit(now)
		}
		afterCollection(now)
	}, limit)
}

// memoryLimit is how much memory the process may take with so many bytes in use.
func memoryLimit(live uint64) int64 {
	return max(enoughMemory, int64(live)*(100+leastGarbage)/100)
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
