package lint

import "testing"

func TestRulePortTakenLater(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "exited, always", services: web(), machine: docker("29.0.1").runs(stranger("old", "8080>80").stopped("exited", "always")), want: VerdictClear, says: `
warning latent 5: [port-taken-later] 8080/tcp of "web" is taken later
  latent: it is free now, but stopped container "old" takes it when the engine starts again (restart: always)
  manual: do not let it come back: docker update --restart no old
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`},
		{name: "failed, on-failure", services: web(), want: VerdictClear, says: `
warning latent 5: [port-taken-later] 8080/tcp of "web" is taken later
  latent: it is free now, but stopped container "old" takes it when the engine starts again (restart: on-failure)
  manual: do not let it come back: docker update --restart no old
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`, machine: docker("29.0.1").with(func(m *machine) {
			c := stranger("old", "8080>80").stopped("exited", "on-failure")
			c.Retries = true
			m.runs(c)
		})},
		{name: "crash loop", services: web(), machine: docker("29.0.1").runs(container("blog/web-1", "8080>80").stopped("restarting", "always")), want: VerdictPossible, says: `
warning possible 5: [port-taken-later] 8080/tcp of "web" is taken later
  possible: it is free only while container "blog-web-1" of project "blog" waits for its next start
  manual: stop it, or fix what makes it crash: docker stop blog-web-1
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`},
	})
}
