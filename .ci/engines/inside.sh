# How an engine is put into a tree of another Debian suite. Sourced by .ci/engine.

# in_tree is run in a mount namespace of its own, which goes with its last process: it makes the tree the root, with a layer of
# this engine's own above it, and runs a command there as a user, after what root has to do in it, if anything. The engine's directory, the binaries, this repository's temporary
# files and the machine's devices have the paths that they have outside.
in_tree() { # TREE DIRECTORY BINARIES UID PREPARE COMMAND...
	set -e
	umask 022
	local tree=$1 dir=$2 bin=$3 uid=$4 prepare=$5 name
	shift 5
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
	$prepare # in words, or nothing
	exec chroot --userspec="$uid:$uid" --groups= / "$@"
}

podman_settings() { # DIRECTORY
	cat >"$1/containers.conf" <<-END
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
		[engine]
		runtime = "runc"
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		[network]
		network_backend = "netavark"
	END
	cat >"$1/storage.conf" <<-END
		[storage]
		driver = "overlay"
		graphroot = "$1/data"
		runroot = "$1/exec"
		rootless_storage_path = "$1/data"
	END
}
