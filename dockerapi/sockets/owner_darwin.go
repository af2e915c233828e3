package sockets

import (
	"context"
	"os/user"
	"path"
	"strconv"
	"time"

	"github.com/portlint/portlint/lint"
	"golang.org/x/sys/unix"
)

// findOwners looks up the processes that the table names. It is the last process that used the socket (so_last_pid),
// which need not be the one that opened it. The command line of another user's process is not shown.
func findOwners(ctx context.Context, rows []row) ([]lint.SocketOwner, []lint.Blind) {
	owners := make([]lint.SocketOwner, len(rows))
	for i, r := range rows {
		owners[i] = lint.SocketOwner{UID: r.uid}
		switch {
		case r.state == lint.Closing:
			owners[i].Seen = lint.Gone
		case r.pid == 0:
			owners[i].Seen = lint.KernelOrElse
		case ctx.Err() == nil:
			owners[i].Seen, owners[i].Process = processOf(r.pid)
		}
	}
	return owners, nil
}

func processOf(pid int) (lint.Seen, lint.Process) {
	p := lint.Process{PID: pid}
	info, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil {
		return lint.Inferred, p // it may be gone
	}

	p.Name = unix.ByteSliceToString(info.Proc.P_comm[:])
	p.User = UserName(int(info.Eproc.Ucred.Uid))
	p.StartedAt = time.Unix(info.Proc.P_starttime.Unix())
	if b, err := unix.SysctlRaw("kern.procargs2", pid); err == nil {
		args := parseProcArgs(b)
		p.Command = command(args)
		if len(args) > 0 && len(p.Name) >= maxName {
			p.Name = path.Base(args[0])
		}
	}

	return lint.Known, p
}

// UserName is the name of a user of this machine, the number when it has none, "" for a negative uid.
func UserName(uid int) string {
	if uid < 0 {
		return ""
	}
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return strconv.Itoa(uid)
	}
	return u.Username
}
