#!/bin/sh
# Makes build/package/sysroot-ARCH: Debian 13's headers and libraries for that architecture, unpacked and never run, and what each
# library's package says about its symbols. `sysroot.sh amd64|arm64`. Kept until the list or the suite below changes.
# SEGUE_MIRROR names a mirror of Debian; else it is the one that this machine's apt uses.
set -eu
arch=$1
suite=trixie
packages='libc6-dev libstdc++-14-dev libgcc-14-dev libnode-dev libavformat-dev libavcodec-dev libavutil-dev
  libswresample-dev libswscale-dev libebur128-dev portaudio19-dev libasound2-dev libpulse-dev liblua5.4-dev'
sysroot=build/package/sysroot-$arch
wanted="$suite $(echo $packages)"
[ "$(cat "$sysroot/.made-of" 2>/dev/null || true)" = "$wanted" ] && exit 0

mirror=${SEGUE_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' | head -n 1)}
[ -n "$mirror" ] || { echo 'Name a mirror of Debian: SEGUE_MIRROR=...' >&2; exit 1; }
rm -rf "$sysroot"
mkdir -p build/package
echo "unpacking $suite for $arch" >&2
mmdebstrap --quiet --variant=extract --skip=cleanup/apt --arch="$arch" --include="$(echo $packages | tr ' ' ',')" \
  "$suite" "$sysroot" "$mirror"
for deb in "$sysroot"/var/cache/apt/archives/*.deb; do
  name=$(dpkg-deb --field "$deb" Package)
  for file in symbols shlibs; do
    dpkg-deb --ctrl-tarfile "$deb" | tar -xO "./$file" >"$sysroot/var/lib/dpkg/info/$name.$file" 2>/dev/null ||
      rm "$sysroot/var/lib/dpkg/info/$name.$file"
  done
done
rm -rf "$sysroot"/var/cache/apt "$sysroot"/var/lib/apt
# What a system makes of these when it is installed (merged /usr).
for folder in lib lib64; do
  [ ! -d "$sysroot/usr/$folder" ] || [ -e "$sysroot/$folder" ] || ln -s "usr/$folder" "$sysroot/$folder"
done
echo "$wanted" >"$sysroot/.made-of"
