package up

// noEngine is the address of no engine: what runs on the machine of a test must not change its outcome.
const noEngine = "unix:///no/engine.sock"
