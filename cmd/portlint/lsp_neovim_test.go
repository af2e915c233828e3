package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// driven is what a person does in Neovim: open a file, wait, type, wait, and look at what is offered.
const driven = `
local function shown() return #vim.diagnostic.get(0) end
local function say(...) io.stdout:write(table.concat({...}, " "), "\n") end
local ok = vim.wait(30000, function() return shown() == 1 end, 20)
local d = vim.diagnostic.get(0)[1] or {}
say(tostring(ok), tostring(d.lnum), tostring(d.col), tostring(d.message))
vim.api.nvim_buf_set_lines(0, 0, 0, false, { "# 🦀" })
vim.api.nvim_buf_set_text(0, 3, 30, 3, 34, { "8081" })
say(tostring(vim.wait(30000, function() return shown() == 0 end, 20)), vim.api.nvim_buf_get_lines(0, 3, 4, false)[1])
vim.cmd("silent undo")
say(tostring(vim.wait(30000, function() return shown() == 1 end, 20)))
vim.cmd("qa!")
`

// TestLSPNeovim lets Neovim itself be the editor, with the configuration of the documentation.
func TestLSPNeovim(t *testing.T) {
	nvim, err := exec.LookPath("nvim")
	if err != nil {
		t.Skip("nvim is not installed")
	}
	dir, program := t.TempDir(), portlintProgram(t)
	for name, text := range map[string]string{"compose.yaml": twoWebs, "init.lua": olderNeovim(t), "drive.lua": driven} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithTimeout(t.Context(), 3*maxWait)
	defer stop()
	cmd := exec.CommandContext(ctx, nvim, "--headless", "-n", "-u", "init.lua", "compose.yaml", "-c", "luafile drive.lua")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "DOCKER_HOST="+noEngine, "HOME="+dir, "XDG_STATE_HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir,
		"PATH="+filepath.Dir(program)+string(filepath.ListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	want := "true 2 30 \"a\" and \"b\" both want 8080/tcp\nwhy: the second container cannot start\n" +
		"true   b: {image: \"🦀\", ports: [\"8081:80\"]}\ntrue\n"
	if got := strings.ReplaceAll(string(out), "\r", ""); err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
}

// olderNeovim is the documentation's configuration that Neovim understands since 0.7.
func olderNeovim(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../.github/docs/editors.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(string(page), "```lua\n")[1:] {
		if text, _, _ := strings.Cut(block, "```"); strings.Contains(text, "start_client") {
			return "vim.cmd('filetype on')\n" + text
		}
	}
	t.Fatal("the page has no such example")
	return ""
}
