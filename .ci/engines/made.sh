# What the engines are made of: Debian's packages, and what is built from Go modules. Sourced by .ci/engine. Everything is kept
# by version in $bin; a directory is there whole or not at all.

moby=v2.0.0-beta.24
moby_says=29.8.0-beta.24 # what docker-v29.7.2's successor answers when asked for its version
runc=v1.3.0
compose=v5.5.1
docker=v29.3.0
old_packages='docker.io containerd runc tini'
trees=2 # raised when a tree of packages is put together in another way

tools() { # Debian packages: the network's tools, and what building runc with seccomp needs
	local wanted=()
	command -v ip >/dev/null || wanted+=(iproute2)
	command -v iptables >/dev/null || wanted+=(iptables)
	command -v curl >/dev/null || wanted+=(curl)
	command -v nsenter >/dev/null || wanted+=(util-linux)
	compgen -G '/usr/lib/*/libdevmapper.so.1.02.1' >/dev/null || compgen -G '/lib/*/libdevmapper.so.1.02.1' >/dev/null || wanted+=(libdevmapper1.02.1)
	if [ ! -x "$bin/runc-$runc/runc" ]; then
		command -v cc >/dev/null || wanted+=(gcc libc6-dev)
		command -v pkg-config >/dev/null || wanted+=(pkg-config)
		[ -e /usr/include/seccomp.h ] || wanted+=(libseccomp-dev)
	fi
	if [ ${#wanted[@]} -gt 0 ]; then
		say "apt-get install ${wanted[*]}"
		apt-get update -qq
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
	fi
}

once() { # DIRECTORY COMMAND...: what makes it, where nobody has yet; two who need the same wait for each other
	if [ -d "$bin/$1" ]; then return; fi
	mkdir -p "$cache/locks"
	(
		flock 8
		if [ ! -d "$bin/$1" ]; then "${@:2}"; fi
	) 8>"$cache/locks/$1"
}

finish() { mkdir -p "$bin" && mv -T "$1" "$2"; } # a directory is in the cache whole or not at all

get_old() { # Debian's engine, unpacked: installing it would start a service
	say "Debian's $old_packages"
	apt-get update -qq
	local tmp=$scratch/old deb
	mkdir -p "$tmp/deb" "$tmp/root"
	# shellcheck disable=SC2086
	(cd "$tmp/deb" && apt-get download -qq $old_packages 2>/dev/null)
	for deb in "$tmp"/deb/*.deb; do dpkg-deb -x "$deb" "$tmp/root"; done
	finish "$tmp/root" "$bin/debian-old"
}

get_tree() { # SUITE-NAME PACKAGE...: packages of a Debian suite with all that they need, unpacked to be the root of a process
	local name=$1 suite=${1%%-*} apt=$scratch/apt root=$scratch/tree deb
	shift
	say "Debian's $* ($suite)"
	mkdir -p "$apt"/{parts,lists/partial,archives/partial} "$root"/usr/{bin,sbin,lib,lib64}
	: >"$apt/status" # as if nothing were installed
	printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian %s main\n' "$suite" >"$apt/sources.list"
	cat >"$apt/conf" <<-END
		Dir::Etc::sourcelist "$apt/sources.list";
		Dir::Etc::sourceparts "$apt/parts";
		Dir::Etc::preferencesparts "$apt/parts";
		Dir::State "$apt";
		Dir::State::status "$apt/status";
		Dir::Cache "$apt";
		APT::Install-Recommends "false";
		APT::Sandbox::User "root";
		Acquire::Check-Valid-Until "false";
		Acquire::Languages "none";
	END
	APT_CONFIG=$apt/conf apt-get -qq update
	APT_CONFIG=$apt/conf apt-get -qq -y -d install coreutils dash mount "$@" >/dev/null

	for deb in bin sbin lib lib64; do ln -s "usr/$deb" "$root/$deb"; done
	for deb in "$apt"/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -C "$root" -xp --keep-directory-symlink --exclude './usr/share/doc' --exclude './usr/share/man' --exclude './usr/share/locale'
	done
	mkdir -p "$root"/{dev,proc,sys,run,tmp,root,home,var/tmp,var/lib,etc/containers}
	chmod 1777 "$root/tmp" "$root/var/tmp"
	ln -sf /run "$root/var/run"
	ln -sf dash "$root/bin/sh"
	ln -sf xtables-nft-multi "$root/usr/sbin/iptables" # what update-alternatives would do
	ln -sf xtables-nft-multi "$root/usr/sbin/ip6tables"
	printf 'root:x:0:0::/root:/bin/sh\n%s:x:%s:%s::/home/%s:/bin/sh\n' "$owner" "$owner_id" "$owner_id" "$owner" >"$root/etc/passwd"
	printf 'root:x:0:\n%s:x:%s:\n' "$owner" "$owner_id" >"$root/etc/group"
	printf '%s:%s:65536\n' "$owner" 300000 | tee "$root/etc/subuid" >"$root/etc/subgid"
	printf '127.0.0.1 localhost\n' >"$root/etc/hosts"
	printf 'nameserver 127.0.0.1\n' >"$root/etc/resolv.conf"
	printf '{"default": [{"type": "insecureAcceptAnything"}]}\n' >"$root/etc/containers/policy.json"
	finish "$root" "$bin/tree-$trees-$name"
	rm -rf "$apt"
}

get_new() {
	say "building moby $moby"
	GOBIN=$scratch/moby CGO_ENABLED=0 nice go install -trimpath \
		-ldflags "-s -w -X github.com/moby/moby/v2/dockerversion.Version=$moby_says" \
		"github.com/moby/moby/v2/cmd/dockerd@$moby" "github.com/moby/moby/v2/cmd/docker-proxy@$moby"
	finish "$scratch/moby" "$bin/moby-$moby"
}

unpack() { # MODULE VERSION DIRECTORY: a module's source, built as its own main module, so that its excludes and internals hold
	local dir
	dir=$(cd "$scratch" && go mod download -json "$1@$2" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
	[ -n "$dir" ] || fail "$1@$2 can't be downloaded"
	cp -R "$dir" "$3"
	chmod -R u+w "$3"
	rm -rf "$3/vendor" # a module has but an empty shell of it
}

get_module() { # VERSION: a Docker engine of that version; it has a go.mod under another name, and a list of what a newer Go forbids
	say "building Docker $1"
	unpack github.com/docker/docker "v$1+incompatible" "$scratch/engine"
	(cd "$scratch/engine" && mv vendor.mod go.mod && mv vendor.sum go.sum && mkdir "$scratch/engine.bin" && CGO_ENABLED=0 go build -mod=mod -trimpath \
		-tags 'netgo osusergo exclude_graphdriver_devicemapper' -ldflags "-s -w -checklinkname=0 -X github.com/docker/docker/dockerversion.Version=$1" \
		-o "$scratch/engine.bin/" ./cmd/dockerd ./cmd/docker-proxy)
	finish "$scratch/engine.bin" "$bin/docker-engine-$1"
	rm -rf "$scratch/engine"
}

get_runc() { # Debian's is too old for the new engine
	say "building runc $runc"
	unpack github.com/opencontainers/runc "$runc" "$scratch/runc"
	(cd "$scratch/runc" && nice go build -trimpath -tags seccomp -ldflags "-X main.version=${runc#v}" -o "$scratch/runc.bin/runc" .)
	finish "$scratch/runc.bin" "$bin/runc-$runc"
}

get_compose() {
	say "building docker compose $compose"
	unpack github.com/docker/compose/v5 "$compose" "$scratch/compose"
	(cd "$scratch/compose" && CGO_ENABLED=0 nice go build -trimpath \
		-ldflags "-s -w -X github.com/docker/compose/v5/internal.Version=$compose" -o "$scratch/compose.bin/docker-compose" ./cmd)
	finish "$scratch/compose.bin" "$bin/compose-$compose"
}

get_docker() { # it has a go.mod under another name
	say "building docker $docker"
	unpack github.com/docker/cli "$docker+incompatible" "$scratch/docker"
	(cd "$scratch/docker" && mv vendor.mod go.mod && mv vendor.sum go.sum && CGO_ENABLED=0 nice go build -trimpath \
		-ldflags "-s -w -X github.com/docker/cli/cli/version.Version=${docker#v}" -o "$scratch/docker.bin/docker" ./cmd/docker)
	finish "$scratch/docker.bin" "$bin/docker-$docker"
}

get_image() { # a root file system of one static file
	local tar=$states/image.tar
	mkdir -p "$scratch/image"
	(cd "$here/testimage" && CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$scratch/image/testimage" main.go)
	tar -C "$scratch/image" -cf "$tar" testimage
}
