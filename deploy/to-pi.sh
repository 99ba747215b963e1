#!/bin/sh
# Installs the package for a machine over SSH: `deploy/to-pi.sh [-F SSH_CONFIG] [USER@]HOST`, after `npm run package`. The first time by apt, which
# brings what it depends on; later by `segue update`, which goes back when the new version does not become ready in a minute.
# Needs root there, or sudo without a password. Changes nothing here.
set -eu
cd "$(dirname "$0")/.."
fail() { printf '%s\n' "to-pi: $1" >&2; exit 1; }
config=
[ "${1:-}" != -F ] || { config=${2:-}; [ -r "$config" ] || fail "\"$config\" cannot be read."; shift 2; }
[ $# -eq 1 ] || { echo 'Usage: deploy/to-pi.sh [-F SSH_CONFIG] [USER@]HOST' >&2; exit 2; }
host=$1
case $host in -*) fail "\"$host\" is no host." ;; esac
there() { ssh ${config:+-F "$config"} -o ConnectTimeout=10 -o BatchMode=yes "$host" "$@"; }

there true || fail "$host cannot be reached by SSH with a key: check its name, that it is on, and ssh-copy-id $host."
arch=$(there dpkg --print-architecture) || fail "$host does not run Debian."
release=$(there '. /etc/os-release; echo "$VERSION_CODENAME"') || release=unknown
[ "$release" = trixie ] || fail "$host runs $release; the package is for Debian 13 (trixie)."
version=$(node -p 'require("./package.json").version')
deb=build/package/segue_${version}_$arch.deb
[ -f "$deb" ] || fail "There is no $deb: npm run package -- $arch"
[ "$(there id -u)" = 0 ] && sudo= || sudo='sudo -n'
there $sudo true || fail "$host wants a password for sudo: log in as root, or allow sudo without a password."

place=$(there mktemp -d /tmp/segue-XXXXXX)
trap 'there rm -rf "$place"' EXIT
scp -q ${config:+-F "$config"} -o BatchMode=yes "$deb" "$host:$place/segue.deb" || fail "$deb could not be copied: is there room on $host?"
running=$(there "dpkg-query -W -f '\${db:Status-Status} \${Version}' segue 2>/dev/null" || true)
case $running in
  installed*)
    options=--unsigned
    there $sudo sh -c "'test -f /var/cache/segue/segue_${running#* }.deb || test -f /usr/lib/segue-image/segue_${running#* }.deb'" || options="$options --no-return"
    there $sudo segue update "$place/segue.deb" $options || fail "$host plays what it played before."
    ;;
  *)
    there $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$place/segue.deb" >/dev/null ||
      fail "apt on $host could not install it: $sudo apt-get update there, and try again."
    there "for i in \$(seq 60); do systemctl is-active -q segue && exit 0; sleep 1; done; journalctl -u segue -n 10 -o cat; exit 1" ||
      fail "It is installed, but did not become ready in a minute. There was none before to go back to."
    there $sudo cp "$place/segue.deb" "/var/cache/segue/segue_$version.deb"
    ;;
esac
there $sudo segue status
