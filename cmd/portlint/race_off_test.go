//go:build !race

package main

// raceDetector says that what is tested costs many times what it costs people.
const raceDetector = false
