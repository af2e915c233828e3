package main

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestOnlyTouchedFilesAreRead expects that a check of changed files reads of the other projects what shows that they do not read
// those files, and nothing else: no page and no script beside them, however many there are.
func TestOnlyTouchedFilesAreRead(t *testing.T) {
	files := map[string]string{}
	for i := range 20 {
		dir := fmt.Sprintf("p%02d/", i)
		files[dir+"compose.yaml"] = fmt.Sprintf("services: {web: {image: a, ports: [\"%d:80\"]}}\n", 10000+i)
		files[dir+"README.md"] = fmt.Sprintf("curl http://localhost:%d/\n", 10000+i)
		files[dir+"Makefile"] = fmt.Sprintf("run:\n\tcurl http://localhost:%d/\n", 10000+i)
	}
	dir := repositoryOf(t, files)

	opened := openedBy(t, dir, 20, func() { quietly(t, dir, "check", "--static", "p03/compose.yaml", "p07/compose.yaml") })
	for name, times := range opened {
		touched := strings.HasPrefix(name, "p03/") || strings.HasPrefix(name, "p07/")
		if !touched && !strings.HasSuffix(name, "/compose.yaml") {
			t.Errorf("%s was opened %d times", name, times)
		}
		if !touched && times > 2 {
			t.Errorf("%s of a project that is not touched was opened %d times, expected at most 2", name, times)
		}
	}
	for _, name := range []string{"p03/compose.yaml", "p03/README.md", "p07/README.md", "p11/compose.yaml"} {
		if opened[name] == 0 {
			t.Errorf("%s was not opened", name)
		}
	}

	opened = openedBy(t, dir, 20, func() { quietly(t, filepath.Join(dir, "p03"), "check", "--static") })
	for name := range opened {
		if !strings.HasPrefix(name, "p03/") {
			t.Errorf("%s was opened for the project beside it", name)
		}
	}
}

// TestFilesOfAProjectAreReadOnce expects that of the files of a project each is opened once to find the project where it may decide that, and
// once to read it, whatever is asked of it then: variables, examples, other places of ports, names in use.
func TestFilesOfAProjectAreReadOnce(t *testing.T) {
	files := map[string]string{}
	for i := range 3 {
		dir := fmt.Sprintf("p%02d/", i)
		files[dir+"compose.yaml"] = fmt.Sprintf("services: {web: {image: a, env_file: web.env, ports: [\"${WEB_PORT:-%d}:80\"]}}\n", 10000+i)
		files[dir+".env"] = "WEB_PORT=1000\n"
		files[dir+".env.example"] = "WEB_PORT=1000\n"
		files[dir+"web.env"] = "WEB_PORT=1000\n"
		files[dir+"README.md"] = "curl http://localhost:1000/\n"
	}
	dir := repositoryOf(t, files)

	opened := openedBy(t, dir, 3, func() { quietly(t, dir, "check", "--static", ".") })
	for name := range files {
		most := 2
		if strings.HasSuffix(name, "/README.md") || strings.HasSuffix(name, "/web.env") {
			most = 1
		}
		if times := opened[name]; times == 0 || times > most {
			t.Errorf("%s was opened %d times, expected at most %d", name, times, most)
		}
	}
}

// openedBy counts how often each file of the directories p00, p01 and so on is opened while a function runs, as the kernel says.
func openedBy(t *testing.T, dir string, n int, f func()) map[string]int {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		t.Skipf("inotify: %v", err)
	}
	defer unix.Close(fd)

	names := map[int32]string{}
	for i := range n {
		name := fmt.Sprintf("p%02d", i)
		w, err := unix.InotifyAddWatch(fd, filepath.Join(dir, name), unix.IN_OPEN)
		if err != nil {
			t.Skipf("inotify: %v", err)
		}
		names[int32(w)] = name
	}

	f()
	opened := map[string]int{}
	buf := make([]byte, 1<<20)
	for {
		got, err := unix.Read(fd, buf)
		if err != nil || got == 0 {
			return opened
		}
		for at := 0; at < got; {
			watch := int32(binary.NativeEndian.Uint32(buf[at:]))
			size := int(binary.NativeEndian.Uint32(buf[at+12:]))
			file := strings.TrimRight(string(buf[at+unix.SizeofInotifyEvent:at+unix.SizeofInotifyEvent+size]), "\x00")
			if file != "" { // else the directory itself
				opened[names[watch]+"/"+file]++
			}
			at += unix.SizeofInotifyEvent + size
		}
	}
}
