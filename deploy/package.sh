#!/bin/sh
# Builds build/package/segue_VERSION_ARCH.deb for Debian 13, for amd64 and arm64 both, on this machine.
# `npm run package -- [amd64|arm64 ...] [--version V] [--key PUBLIC.pem ...]`: a version other than package.json's; a key whose
# signatures the installed Segue believes (segue update). The same commit and sysroot give the same bytes.
set -eu
cd "$(dirname "$0")/.."
# npm brings node-gyp.
[ -n "${npm_config_node_gyp:-}" ] || exec npm run --silent package -- "$@"
archs= version= keys=
while [ $# -gt 0 ]; do
  case $1 in
    amd64 | arm64) archs="$archs $1" ;;
    --version) version=${2:?--version needs one}; shift ;;
    --key) keys="$keys $(realpath -- "${2:?--key needs a file}")"; shift ;;
    *) echo "There is no \"$1\": npm run package -- [amd64|arm64 ...] [--version V] [--key PUBLIC.pem ...]" >&2; exit 2 ;;
  esac
  shift
done
node deploy/setup.mjs --for package
version=${version:-$(node -p 'require("./package.json").version')}
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
for arch in ${archs:-amd64 arm64}; do
  sh deploy/package/sysroot.sh "$arch"
  sh deploy/package/native.sh "$arch"
  tree=build/package/tree-$arch
  node deploy/package/stage.mjs "$arch" "$version" "$tree" $keys
  dpkg-deb --root-owner-group -Zxz --build "$tree" "build/package/segue_${version}_$arch.deb" >/dev/null
  ls -l "build/package/segue_${version}_$arch.deb" >&2
done
