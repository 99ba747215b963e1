#!/bin/sh
# Cross-builds everything native for one architecture: Segue's own (build/package/native-ARCH) and the addons of npm packages
# (build/package/addons-ARCH). `native.sh amd64|arm64 [tests]`, under npm (it brings node-gyp); tests: the native tests instead
# (build/package/tests-ARCH). Runs nothing of what it builds.
set -eu
arch=$1
jobs=${SEGUE_JOBS:-$(nproc)}
case $arch in
  amd64) SEGUE_TRIPLET=x86_64-linux-gnu node_arch=x64 ;;
  arm64) SEGUE_TRIPLET=aarch64-linux-gnu node_arch=arm64 ;;
esac
SEGUE_SYSROOT=$PWD/build/package/sysroot-$arch
PKG_CONFIG_SYSROOT_DIR=$SEGUE_SYSROOT
PKG_CONFIG_LIBDIR=$SEGUE_SYSROOT/usr/lib/$SEGUE_TRIPLET/pkgconfig:$SEGUE_SYSROOT/usr/share/pkgconfig
export SEGUE_TRIPLET SEGUE_SYSROOT PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_LIBDIR

quietly() {
  "$@" >"build/package/log-$arch" 2>&1 || { tail -n 30 "build/package/log-$arch" >&2; exit 1; }
}

if [ "${2:-}" = tests ]; then
  tests=build/package/tests-$arch
  # Of this machine's headers that one alone: it is nothing but a header.
  mkdir -p "$tests/include"
  cp -R /usr/include/doctest "$tests/include/"
  quietly cmake -S native -B "$tests" -DCMAKE_TOOLCHAIN_FILE="$PWD/deploy/package/clang.cmake" -DCMAKE_BUILD_TYPE=Release \
    -DSEGUE_TESTS=ON -DCMAKE_CXX_FLAGS="-isystem $PWD/$tests/include"
  quietly cmake --build "$tests" -j "$jobs" --target native_tests
  exit 0
fi

made_of=$(find native package-lock.json deploy/package/clang.cmake "$SEGUE_SYSROOT/.made-of" -type f | LC_ALL=C sort | xargs sha256sum | sha256sum)
native=build/package/native-$arch
if [ "$(cat "$native/.made-of" 2>/dev/null || true)" != "$made_of" ]; then
  echo "building the core for $arch" >&2
  quietly cmake -S native -B "$native" -DCMAKE_TOOLCHAIN_FILE="$PWD/deploy/package/clang.cmake" -DCMAKE_BUILD_TYPE=Release \
    -DSEGUE_ADDON=ON -DNODE_INCLUDE="$SEGUE_SYSROOT/usr/include/node" -DNODE_ADDON_API="$PWD/node_modules/node-addon-api"
  quietly cmake --build "$native" -j "$jobs"
  echo "$made_of" >"$native/.made-of"
fi

addons=build/package/addons-$arch
made_of=$(cat package-lock.json deploy/package/native.sh "$SEGUE_SYSROOT/.made-of" | sha256sum)
[ "$(cat "$addons/.made-of" 2>/dev/null || true)" = "$made_of" ] && exit 0
echo "building better-sqlite3 and naudiodon for $arch" >&2
rm -rf "$addons"
mkdir -p "$addons"
for name in better-sqlite3 naudiodon segfault-handler nan bindings file-uri-to-path; do
  cp -R "node_modules/$name" "$addons/$name"
  rm -rf "$addons/$name/build"
done
# It brings a library of its own, which there is none of for arm64: it is linked with the system's.
mkdir -p "$addons/naudiodon/portaudio/bin"
cp "$SEGUE_SYSROOT/usr/lib/$SEGUE_TRIPLET/libportaudio.so.2" "$addons/naudiodon/portaudio/bin/"
sed -i '/-Wl,-rpath,/d' "$addons/naudiodon/binding.gyp"

flags="--target=$SEGUE_TRIPLET --sysroot=$SEGUE_SYSROOT -fuse-ld=lld -Wno-unused-command-line-argument -ffile-prefix-map=$PWD="
export CC="clang-22 $flags" CXX="clang++-22 $flags" AR=llvm-ar-22
export LDFLAGS='-Wl,-z,relro,-z,now,--as-needed'
for name in better-sqlite3 segfault-handler naudiodon; do
  # As in deploy/setup.mjs.
  [ "$name" = better-sqlite3 ] && export CFLAGS=-DHAVE_FDATASYNC=1 || unset CFLAGS
  # naudiodon forgets to include <string>.
  [ "$name" != naudiodon ] || export CXXFLAGS='-include string'
  (cd "$addons/$name" && node "$npm_config_node_gyp" rebuild --release --arch="$node_arch" --nodedir="$SEGUE_SYSROOT/usr" -j "$jobs") \
    >"build/package/log-$arch" 2>&1 || { tail -n 30 "build/package/log-$arch" >&2; exit 1; }
done
echo "$made_of" >"$addons/.made-of"
