// Package cliplugin makes portlint a plugin of the docker CLI: `docker portlint`, and a word after a `docker compose up`
// that failed. It knows docker's side of that: where plugins lie, how docker calls them, and docker's config.json.
package cliplugin

// Name is the plugin's name: the word after `docker`.
const Name = "portlint"
