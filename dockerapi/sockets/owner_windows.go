package sockets

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"
	"unsafe"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/keeper"
	"golang.org/x/sys/windows"
)

// findOwners looks up the processes that the tables name. The name of a service's process may be for administrators.
func findOwners(ctx context.Context, rows []row) ([]lint.SocketOwner, []lint.Blind) {
	owners := make([]lint.SocketOwner, len(rows))
	var all processes
	for i, r := range rows {
		owners[i] = lint.SocketOwner{UID: -1}
		switch {
		case r.state == lint.Closing:
			owners[i].Seen = lint.Gone
		case r.pid == 0: // and not the kernel, which is process 4
			owners[i].Seen = lint.NotSeen
		case ctx.Err() == nil:
			if all.listed == nil {
				all = listProcesses()
			}
			owners[i].Seen, owners[i].Process, owners[i].Origin = all.owner(uint32(r.pid))
		}
	}
	return owners, nil
}

// systemPID is the process of the Windows kernel, which holds the ports of http.sys and of file sharing.
const systemPID = 4

// processes are those that Windows lists, and the services that run in each.
type processes struct {
	listed   map[int]listedProcess
	services map[int][]string
}

// listProcesses takes one look at the machine. What this user may not see is left out.
func listProcesses() processes {
	p := processes{listed: map[int]listedProcess{}, services: services()}
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return p
	}
	defer func() { _ = windows.CloseHandle(snapshot) }()

	entry := windows.ProcessEntry32{}
	entry.Size = uint32(unsafe.Sizeof(entry))
	for err = windows.Process32First(snapshot, &entry); err == nil; err = windows.Process32Next(snapshot, &entry) {
		p.listed[int(entry.ProcessID)] = listedProcess{name: windows.UTF16ToString(entry.ExeFile[:]), parent: int(entry.ParentProcessID)}
	}
	return p
}

// services are the names of the services that run, by process. It needs no privilege.
func services() map[int][]string {
	manager, err := windows.OpenSCManager(nil, nil, windows.SC_MANAGER_CONNECT|windows.SC_MANAGER_ENUMERATE_SERVICE)
	if err != nil {
		return nil
	}
	defer func() { _ = windows.CloseServiceHandle(manager) }()

	buf := make([]byte, 256<<10) // the most that Windows gives at once
	var needed, count uint32
	err = windows.EnumServicesStatusEx(manager, windows.SC_ENUM_PROCESS_INFO, windows.SERVICE_WIN32, windows.SERVICE_ACTIVE,
		&buf[0], uint32(len(buf)), &needed, &count, nil, nil)
	if err != nil && !errors.Is(err, windows.ERROR_MORE_DATA) {
		return nil
	}
	by := map[int][]string{}
	for _, s := range unsafe.Slice((*windows.ENUM_SERVICE_STATUS_PROCESS)(unsafe.Pointer(&buf[0])), count) {
		pid := int(s.ServiceStatusProcess.ProcessId)
		by[pid] = append(by[pid], windows.UTF16PtrToString(s.ServiceName))
	}
	return by
}

// owner is what can be seen of a process, and of how it came to be.
func (all processes) owner(pid uint32) (lint.Seen, lint.Process, lint.ProcessOrigin) {
	p := lint.Process{PID: int(pid), Name: all.listed[int(pid)].name}
	o := lint.ProcessOrigin{Windows: true, Services: all.services[int(pid)], Children: childrenOf(all.listed, int(pid))}
	if pid == systemPID {
		p.Name = "System"
		return lint.Known, p, lint.ProcessOrigin{}
	}

	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	switch {
	case errors.Is(err, windows.ERROR_ACCESS_DENIED) && p.Name == "":
		return lint.NoPrivilege, p, o
	case err != nil && p.Name == "":
		return lint.Inferred, p, o // it may be gone
	case err != nil: // the list tells its name
		o.Known, o.Self = true, keeper.Process{PID: p.PID, Name: p.Name}
		return lint.Known, p, o
	}
	defer func() { _ = windows.CloseHandle(h) }()

	image := imagePath(h)
	if image != "" { // else the list tells its name
		p.Name = filepath.Base(image)
	}
	p.User = userOf(h)
	p.StartedAt = startOf(h)
	o.Known, o.Self = true, keeper.Process{PID: p.PID, Name: p.Name, Args: arguments(h)}
	o.Own, o.User = p.User != "" && p.User == userOf(windows.CurrentProcess()), p.User
	if p.Command = command(o.Self.Args); p.Command == "" {
		p.Command = image
	}
	o.Parents = all.parents(int(pid))
	return lint.Known, p, o
}

// parents are the processes above one. A number that Windows gave to a younger process is none.
func (all processes) parents(pid int) []keeper.Process {
	args := map[int][]string{}
	look := func(p *listedProcess, pid int) {
		h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
		if err != nil {
			return
		}
		defer func() { _ = windows.CloseHandle(h) }()
		p.started, args[pid] = startOf(h), arguments(h)
	}
	var above []keeper.Process
	for _, at := range ancestors(all.listed, pid, look) {
		above = append(above, keeper.Process{PID: at, Name: all.listed[at].name, Args: args[at]})
	}
	return above
}

// startOf is when a process began, the zero time when that is not shown.
func startOf(h windows.Handle) time.Time {
	var created, exited, kernel, user windows.Filetime
	if windows.GetProcessTimes(h, &created, &exited, &kernel, &user) != nil {
		return time.Time{}
	}
	return time.Unix(0, created.Nanoseconds())
}

// arguments are the command line of a process, none where Windows does not show it. Source: winternl.h,
// ProcessCommandLineInformation, from Windows 8.1 on.
func arguments(h windows.Handle) []string {
	buf := make([]uint64, 8<<10) // aligned as a UNICODE_STRING is, which is first
	var size uint32
	if windows.NtQueryInformationProcess(h, windows.ProcessCommandLineInformation, unsafe.Pointer(&buf[0]), uint32(len(buf)*8), &size) != nil {
		return nil
	}
	args, err := windows.DecomposeCommandLine((*windows.NTUnicodeString)(unsafe.Pointer(&buf[0])).String())
	if err != nil {
		return nil
	}
	for i := range args {
		args[i] = strings.ToValidUTF8(args[i][:min(len(args[i]), maxCommand)], "\uFFFD")
	}
	return args
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

// userName is "": Windows has no numbers for users.
func userName(int) string { return "" }
