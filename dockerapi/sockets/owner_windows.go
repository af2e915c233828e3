package sockets

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/portlint/portlint/lint"
	"golang.org/x/sys/windows"
)

// findOwners looks up the processes that the tables name. The name of a service's process may be for administrators.
func findOwners(ctx context.Context, rows []row) ([]lint.SocketOwner, []lint.Blind) {
	owners := make([]lint.SocketOwner, len(rows))
	for i, r := range rows {
		owners[i] = lint.SocketOwner{UID: -1}
		switch {
		case r.state == lint.Closing:
			owners[i].Seen = lint.Gone
		case r.pid == 0:
			owners[i].Seen = lint.KernelOrElse
		case ctx.Err() == nil:
			owners[i].Seen, owners[i].Process = processOf(uint32(r.pid))
		}
	}
	return owners, nil
}

// systemPID is the process of the Windows kernel, which holds the ports of http.sys and of file sharing.
const systemPID = 4

func processOf(pid uint32) (lint.Seen, lint.Process) {
	p := lint.Process{PID: int(pid)}
	if pid == systemPID {
		p.Name = "System"
		return lint.Known, p
	}

	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return lint.NoPrivilege, p
	}
	if err != nil {
		return lint.Inferred, p // it may be gone
	}
	defer func() { _ = windows.CloseHandle(h) }()
	p.Command = imagePath(h)
	p.Name = filepath.Base(p.Command)
	p.User = userOf(h)
	var created, exited, kernel, user windows.Filetime
	if windows.GetProcessTimes(h, &created, &exited, &kernel, &user) == nil {
		p.StartedAt = time.Unix(0, created.Nanoseconds())
	}

	return lint.Known, p
}

// imagePath is the file of a process, "" when it can't be read.
func imagePath(h windows.Handle) string {
	buf := make([]uint16, windows.MAX_LONG_PATH)
	size := uint32(len(buf))
	if windows.QueryFullProcessImageName(h, 0, &buf[0], &size) != nil {
		return ""
	}
	return windows.UTF16ToString(buf[:size])
}

// userOf is DOMAIN\name of the user of a process, "" when it is not shown.
func userOf(h windows.Handle) string {
	var token windows.Token
	if windows.OpenProcessToken(h, windows.TOKEN_QUERY, &token) != nil {
		return ""
	}

	defer func() { _ = token.Close() }()
	u, err := token.GetTokenUser()
	if err != nil {
		return ""
	}
	name, domain, _, err := u.User.Sid.LookupAccount("")
	if err != nil {
		return u.User.Sid.String()
	}
	return domain + `\` + name
}

// UserName is "": Windows has no numbers for users.
func UserName(int) string { return "" }
