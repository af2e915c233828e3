package sockets

import (
	"context"
	"os"
	"os/user"
	"path"
	"strconv"
	"time"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/keeper"
	"golang.org/x/sys/unix"
)

// findOwners looks up the processes that the table names. It is the last process that used the socket (so_last_pid),
// which need not be the one that opened it. The command line of another user's process is not shown.
func findOwners(ctx context.Context, rows []row) ([]lint.SocketOwner, []lint.Blind) {
	owners := make([]lint.SocketOwner, len(rows))
	var all processes
	for i, r := range rows {
		owners[i] = lint.SocketOwner{UID: r.uid}
		switch {
		case r.state == lint.Closing:
			owners[i].Seen = lint.Gone
		case r.pid == 0:
			owners[i].Seen = lint.KernelOrElse
		case ctx.Err() == nil:
			if all == nil {
				all = listProcesses()
			}
			owners[i].Seen, owners[i].Process, owners[i].Origin = all.owner(r.pid)
		}
	}
	return owners, nil
}

// processes are all of the machine.
type processes map[int]listedProcess

// listProcesses asks for all processes at once. It needs no privilege.
func listProcesses() processes {
	all := processes{}
	list, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return all
	}
	for i := range list {
		p := &list[i]
		all[int(p.Proc.P_pid)] = listedProcess{name: unix.ByteSliceToString(p.Proc.P_comm[:]), parent: int(p.Eproc.Ppid),
			started: time.Unix(p.Proc.P_starttime.Unix())}
	}
	return all
}

// owner is what can be seen of a process, and of how it came to be.
func (all processes) owner(pid int) (lint.Seen, lint.Process, lint.ProcessOrigin) {
	p := lint.Process{PID: pid}
	info, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil {
		return lint.Inferred, p, lint.ProcessOrigin{} // it may be gone
	}

	uid, parent := int(info.Eproc.Ucred.Uid), int(info.Eproc.Ppid)
	args, environ := argumentsOf(pid)
	p.Name = nameOf(unix.ByteSliceToString(info.Proc.P_comm[:]), args)
	p.User = userName(uid)
	p.StartedAt = time.Unix(info.Proc.P_starttime.Unix())
	p.Command = command(args)

	env := variables(environ)
	session, _ := unix.Getsid(pid)
	o := lint.ProcessOrigin{
		Known: true, Self: keeper.Process{PID: pid, Name: p.Name, Args: args}, Own: uid == os.Geteuid(), User: p.User,
		Terminal: bsdTerminal(info.Eproc.Tdev), OwnSession: session == pid, Children: childrenOf(all, pid), Env: env, Job: launchdJob(parent, env),
	}
	o.Foreground = o.Terminal != "" && info.Eproc.Tpgid == info.Eproc.Pgid
	o.Adopted = parent == 1 && len(environ) > 0 && env["XPC_SERVICE_NAME"] == "0" // which a terminal gives to all that it starts
	for _, at := range ancestors(all, pid, func(*listedProcess, int) {}) {
		args, _ := argumentsOf(at)
		o.Parents = append(o.Parents, keeper.Process{PID: at, Name: nameOf(all[at].name, args), Args: args})
	}
	return lint.Known, p, o
}

// argumentsOf are the command line and the environment of a process, none of another user's.
func argumentsOf(pid int) (args, environ []string) {
	b, err := unix.SysctlRaw("kern.procargs2", pid)
	if err != nil {
		return nil, nil
	}
	return parseProcArgs(b)
}

// nameOf is the whole of a name that the kernel cut off, from the command line.
func nameOf(name string, args []string) string {
	if len(args) > 0 && len(name) >= maxName {
		return path.Base(args[0])
	}
	return name
}

// userName is the name of a user of this machine, the number when it has none, "" for a negative uid.
func userName(uid int) string {
	if uid < 0 {
		return ""
	}
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return strconv.Itoa(uid)
	}
	return u.Username
}
