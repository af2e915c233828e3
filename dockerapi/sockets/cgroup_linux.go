package sockets

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const rootCgroup = 1 // the id of the root cgroup, which says nothing

// cgroupRoot is where cgroup v2 is mounted, "" when it is not: alone, or beside the controllers of v1.
func cgroupRoot() string {
	for _, dir := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/unified"} {
		if _, err := os.Stat(dir + "/cgroup.controllers"); err == nil {
			return dir
		}
	}
	return ""
}

// cgroupPaths finds the paths, below the root, of the cgroups that made these sockets. The id of a cgroup is the inode
// number of its directory. Source: linux include/linux/cgroup.h cgroup_id; iproute2 lib/cg_map.c.
func cgroupPaths(ctx context.Context, root string, rows []row) map[uint64]string {
	wanted := map[uint64]bool{}
	for _, r := range rows {
		if r.cgroup > rootCgroup {
			wanted[r.cgroup] = true
		}
	}

	paths := map[uint64]string{}
	if root == "" || len(wanted) == 0 {
		return paths
	}
	// An error means a directory that is gone by now, or not for this user: its sockets stay without a path.
	_ = filepath.WalkDir(root, func(dir string, d fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil || len(paths) == len(wanted) {
			return filepath.SkipDir
		}
		if !d.IsDir() {
			return nil
		}
		var st syscall.Stat_t
		if syscall.Stat(dir, &st) == nil && wanted[st.Ino] {
			paths[st.Ino] = strings.TrimPrefix(dir, root)
		}
		return nil
	})

	return paths
}

// cgroupPids are the processes in a cgroup now, in the kernel's order.
func cgroupPids(root, path string) []int {
	b, _ := os.ReadFile(root + path + "/cgroup.procs")
	var pids []int
	for line := range strings.Lines(string(b)) {
		if pid, err := strconv.Atoi(strings.TrimSpace(line)); err == nil && pid > 0 {
			pids = append(pids, pid)
		}
	}
	return pids
}
