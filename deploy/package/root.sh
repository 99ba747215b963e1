#!/bin/sh
# Makes build/package/root-ARCH: a small Debian 13 with systemd and everything that the package depends on, but not the package, for
# its proof. `root.sh ARCH PACKAGE.deb`, as root. Kept until the dependencies change. SEGUE_MIRROR as for sysroot.sh.
set -eu
arch=$1
depends=$(dpkg-deb --field "$2" Depends | sed 's/ ([^)]*)//g; s/, /,/g')
root=build/package/root-$arch
wanted="systemd-sysv,dbus,procps,$depends"
[ "$(cat "$root.made-of" 2>/dev/null || true)" = "$wanted" ] && exit 0
mirror=${SEGUE_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' | head -n 1)}
rm -rf "$root" "$root.made-of"
echo "making a Debian 13 for $arch (minutes, once)" >&2
# For another processor nothing is run to make it: its programs are there, and nothing is set up.
variant=minbase
[ "$arch" = "$(dpkg --print-architecture)" ] || variant=extract
mmdebstrap --quiet --variant="$variant" --dpkgopt=force-unsafe-io --arch="$arch" --include="$wanted" trixie "$root" "$mirror"
[ -e "$root/lib" ] || ln -s usr/lib "$root/lib"
echo "$wanted" >"$root.made-of"
