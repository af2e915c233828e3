# How an engine is put into a tree of another Debian suite. Sourced by .ci/engine.

# in_tree is run in a mount namespace of its own, which goes with its last process: it makes the tree the root, with a layer of
# this engine's own above it, and runs a command there as a user. The engine's directory, the binaries, this repository's temporary
# files and the machine's devices have the paths that they have outside.
in_tree() { # TREE DIRECTORY BINARIES UID COMMAND...
	set -e
	umask 022
	local tree=$1 dir=$2 bin=$3 uid=$4 name
	shift 4
	mkdir -p "$dir/layer" "$dir/layer.work" "$dir/root"
	mount -t overlay -o "lowerdir=$tree,upperdir=$dir/layer,workdir=$dir/layer.work" overlay "$dir/root"
	cd "$dir/root"

	mount --rbind /proc proc
	mount -t sysfs sysfs sys
	mount --rbind /sys/fs/cgroup sys/fs/cgroup
	mount -t tmpfs -o mode=755 tmpfs run
	mount -t tmpfs -o mode=755 tmpfs dev
	for name in null zero full random urandom tty; do
		: >"dev/$name"
		mount --bind "/dev/$name" "dev/$name"
	done
	mkdir dev/pts dev/shm dev/net
	mount --bind /dev/pts dev/pts
	mount -t tmpfs -o mode=1777 tmpfs dev/shm
	mknod -m 666 dev/fuse c 10 229
	mknod -m 666 dev/net/tun c 10 200
	ln -s pts/ptmx dev/ptmx
	ln -s /proc/self/fd dev/fd

	mount --bind /tmp tmp
	for name in "$dir" "$bin"; do
		mkdir -p ".$name"
		mount --bind "$name" ".$name"
	done
	mkdir -p "run/user/$uid"
	chown "$uid:$uid" "run/user/$uid"
	mkdir -p outside
	pivot_root . outside # no chroot: from there a user may make no user namespace
	umount -l /outside
	mount --make-rshared / # what rootless engines are used to
	cd /
	exec chroot --userspec="$uid:$uid" --groups= / "$@"
}

launch_podman() { # NAME NETNS
	local dir uid=0 home=/root
	dir=$(state "$1")
	if [ -n "$rootless" ]; then
		uid=$owner_id home=$dir/home
		mkdir -p "$home" "$dir/data" "$dir/exec"
		chown "$uid:$uid" "$dir" "$home" "$dir/data" "$dir/exec"
	fi
	cat >"$dir/containers.conf" <<-END
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
		[engine]
		runtime = "runc"
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		[network]
		network_backend = "netavark"
	END
	cat >"$dir/storage.conf" <<-END
		[storage]
		driver = "overlay"
		graphroot = "$dir/data"
		runroot = "$dir/exec"
		rootless_storage_path = "$dir/data"
	END
	beside "$1" "$2" "$uid" env -i PATH=/usr/local/bin:/usr/bin:/usr/sbin HOME="$home" XDG_RUNTIME_DIR="/run/user/$uid" \
		CONTAINERS_CONF="$dir/containers.conf" CONTAINERS_STORAGE_CONF="$dir/storage.conf" \
		podman system service --time=0 "unix://$dir/docker.sock"
}

beside() { # NAME NETNS UID COMMAND...: run a command in the tree of an engine, and go on
	local dir into=() netns=$2 uid=$3
	dir=$(state "$1")
	if [ -n "$netns" ]; then into=(nsenter "--net=$netns"); fi
	shift 3
	setsid "${into[@]}" unshare --mount --propagation private bash -c "$(declare -f in_tree); in_tree \"\$@\"" in_tree \
		"$(tree_dir "$tree")" "$dir" "$bin" "$uid" "$@" >"$dir/log" 2>&1 </dev/null 9>&- &
	printf '%s\n' $! >"$dir/pid"
}
