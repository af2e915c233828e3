package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// pageOfSituation is a page that is told from what somebody sees to the end. Its files are laid out, and its commands are run in their order:
// in blocks of "console run" as they stand, of "console terminal" in a shell on a terminal, of "console engine" where there is an engine.
// What a command prints is on the page, where "…" is anything, and a line of its own that begins with it any lines.
type pageOfSituation struct {
	page   string
	needs  []string
	module string            // of the first one, a Python, as well
	files  map[string]string // that the page does not show
	ports  []string          // of the page, in whose place the test has ports that nobody has
	found  []string          // numbers of the page that a program chooses: they are the same wherever they stand
}

var situations = []pageOfSituation{
	{page: "django.md", needs: []string{debianPy}, module: "django", files: map[string]string{"shop/manage.py": djangoSite, "blog/manage.py": djangoSite},
		ports: []string{"8000"}, found: []string{"8001", "10000"}},
	{page: "port-zero.md", needs: []string{debianPy}, found: []string{"10000", "40000", "32768"}},
	{page: "node.md", needs: []string{"node", "npm"}, ports: []string{"3000"}, found: []string{"3001", "32768"}},
}

// TestDocsSituations plays the pages without an engine.
func TestDocsSituations(t *testing.T) {
	for _, s := range situations {
		t.Run(s.page, func(t *testing.T) {
			t.Parallel()
			s.run(t, nil)
		})
	}
}

// TestEngineDocsSituations plays the pages whole.
func TestEngineDocsSituations(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		for _, s := range situations {
			t.Run(s.page, func(t *testing.T) { s.run(t, &e) })
		}
	})
}

var (
	situationBlock = regexp.MustCompile("(?s)```console (run|terminal|engine)\n(.*?)```\n")
	situationFile  = regexp.MustCompile("(?s)```(?:python|js|yaml)\n(?:#|//) ([^\n]+)\n(.*?)```\n|```json ([^\n]+)\n(.*?)```\n")
	ownImage       = regexp.MustCompile(`image: shop-\w+`)
)

func (s pageOfSituation) run(t *testing.T, engine *realEngine) {
	way{needs: s.needs, module: s.module}.skip(t)
	page := docs(t)[filepath.Join(root, ".github/docs", s.page)]
	p := newPlayer(t, s, engine)
	for name, text := range s.files {
		p.lay(name, text)
	}
	for _, m := range situationFile.FindAllStringSubmatch(page, -1) {
		p.lay(m[1]+m[3], m[2]+m[4])
	}

	kinds := map[string]int{}
	for _, block := range situationBlock.FindAllStringSubmatch(page, -1) {
		kinds[block[1]]++
		switch {
		case block[1] == "terminal":
			p.onTerminal(block[2])
		case block[1] == "run" || engine != nil:
			p.run(block[2])
		}
	}
	if kinds["run"] == 0 || kinds["engine"] == 0 {
		t.Errorf("the page has blocks of %v", kinds)
	}
}

// player plays the blocks of one page.
type player struct {
	*started
	engine   *realEngine
	at       string            // the directory in which commands are run
	here     map[string]string // what is here in the place of a number or path of the page
	found    []string          // numbers of the page that are not known yet
	terminal *terminal         // on which a command runs, nil for none
}

func newPlayer(t *testing.T, s pageOfSituation, engine *realEngine) *player {
	t.Helper()
	p := &player{started: begin(t), engine: engine, here: map[string]string{}, found: slices.Clone(s.found)}
	bin := programs(t, "portlint")
	links := map[string]string{"python": debianPy}
	if engine != nil {
		links["docker"], links["cli-plugins/docker-compose"] = os.Getenv("PORTLINT_TEST_DOCKER"), os.Getenv("PORTLINT_TEST_COMPOSE")
	}
	for name, program := range links {
		link := filepath.Join(bin, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(link), 0o755), os.Symlink(program, link)); err != nil {
			t.Fatal(err)
		}
	}
	for i, port := range unusedPorts(len(s.ports)) {
		p.here[s.ports[i]] = strconv.Itoa(port)
	}
	p.at, p.here["/home/anna"] = p.dir, p.dir
	p.env("PATH=" + bin + ":" + os.Getenv("PATH"))
	p.env("XDG_STATE_HOME=" + filepath.Join(bin, "state"))
	p.env("DOCKER_CONFIG=" + bin)
	p.env("PS1=$ ")
	if engine == nil {
		p.env("DOCKER_HOST=" + noEngine)
		return p
	}
	p.env("DOCKER_HOST=unix://" + engine.socket)
	return p
}

// lay writes a file of the page. A project of Compose is taken down in the end.
func (p *player) lay(name, text string) {
	p.Helper()
	file := filepath.Join(p.dir, name)
	testdir.Write(p, file, p.mean(ownImage.ReplaceAllString(text, "image: portlint-test:latest")))
	if dir := filepath.Dir(file); p.engine != nil && filepath.Base(name) == "compose.yaml" {
		p.engine.compose(p, dir, filepath.Base(dir))
	}
}

// run runs the commands of a block one after the other, and compares what each prints.
func (p *player) run(block string) {
	p.Helper()
	for _, part := range strings.Split("\n"+block, "\n$ ")[1:] {
		command, want, _ := strings.Cut(strings.TrimSuffix(part, "\n")+"\n", "\n")
		if dir, is := strings.CutPrefix(command, "cd "); is {
			p.at = filepath.Join(p.at, dir)
			continue
		}
		cmd := p.inEngine("sh", "-c", p.mean(command))
		out, _ := cmd.CombinedOutput() // its status tells the reader nothing that the output does not
		p.compare(command, want, string(out))
	}
}

// compare demands that a command prints what the page has, and learns the numbers that are not known yet.
func (p *player) compare(command, want, got string) {
	p.Helper()
	pattern := regexp.QuoteMeta(p.mean(want))
	for _, number := range p.found {
		parts := regexp.MustCompile(`\b`+number+`\b`).Split(pattern, 2)
		if len(parts) == 2 {
			pattern = parts[0] + `(?P<n` + number + `>\d+)` + regexp.MustCompile(`\b`+number+`\b`).ReplaceAllString(parts[1], `\d+`)
		}
	}
	pattern = regexp.MustCompile(`(?m)^ *…\n`).ReplaceAllString(pattern, `(?:.*\n)*?`)
	re := regexp.MustCompile("^" + strings.ReplaceAll(pattern, "…", ".*") + "$")
	found := re.FindStringSubmatch(got)
	if found == nil {
		p.Fatalf("%s: %s prints\n%s\nand the page shows\n%s", p.Name(), command, got, want)
	}

	if len(found) == 1 {
		return
	}
	for i, name := range re.SubexpNames() {
		if number, is := strings.CutPrefix(name, "n"); is {
			p.here[number] = found[i]
			p.found = slices.DeleteFunc(p.found, func(n string) bool { return n == number })
		}
	}
	p.compare(command, want, got) // the same number is the same wherever it stands
}

// onTerminal types the commands of a block into a shell on a terminal of its own, the last of which goes on, and awaits what they print.
// "^C" ends that one, and the shell.
func (p *player) onTerminal(block string) {
	p.Helper()
	if block == "^C\n" {
		p.terminal.press("\x03")
		p.terminal.press("exit\n")
		_ = p.terminal.cmd.Wait() // the status is that of what was interrupted
		return
	}

	p.terminal = startOnTerminal(p.T, p.inEngine("bash", "--norc", "--noprofile", "-i"), "")
	for line := range strings.Lines(p.mean(block)) {
		if command, is := strings.CutPrefix(line, "$ "); is {
			p.terminal.press(command)
		} else if !strings.HasPrefix(line, "…") {
			p.terminal.await(line, 1)
		}
	}
}

// inEngine is a command in the directory of the page, and in the network namespace of the engine, where there is one.
func (p *player) inEngine(args ...string) *exec.Cmd {
	cmd := p.command(args...)
	if p.engine != nil {
		there := p.engine.command(args[0], args[1:]...)
		there.Env = cmd.Env
		cmd = there
	}
	cmd.Dir = p.at
	return cmd
}

var pageNumber = regexp.MustCompile(`/home/anna|\b\d+\b`)

// mean puts what is here in the place of what the page has.
func (p *player) mean(text string) string {
	return pageNumber.ReplaceAllStringFunc(text, func(word string) string {
		if here, known := p.here[word]; known {
			return here
		}
		return word
	})
}
