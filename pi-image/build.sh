#!/usr/bin/env bash
# Builds the SD card image: pi-image/build.sh [--again] [--update-lock]
#   --again        builds everything a second time, from the first package on, and compares the two to the byte
#   --update-lock  takes the versions the mirror has now, and writes them to packages.lock
# No loop device and no mount but /proc inside the new root. Needs root, and deploy/package.sh run before (npm run image does both).
# Downloads from Debian's mirror alone: the one this machine uses, or SEGUE_MIRROR.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly out=build/image here=pi-image suite=trixie arch=arm64
readonly boot_mib=192 root_mib=1024 data_mib=128
# All that must not be chosen by chance.
readonly disk_id=5e60e002 boot_id=5E60E001 root_uuid=5e60e002-0000-4000-8000-000000000002 data_uuid=5e60e002-0000-4000-8000-000000000003
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C.UTF-8

again=no update_lock=no
for word in "$@"; do
	case $word in
	--again) again=yes ;;
	--update-lock) update_lock=yes ;;
	*)
		sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
		exit 2
		;;
	esac
done

say() { echo "segue image: $*" >&2; }
die() {
	say "$*"
	exit 1
}

[ "$(id -u)" = 0 ] || die "this must be run as root: it makes files of other users."
node deploy/setup.mjs --for image || exit 1
version=$(node -p 'JSON.parse(require("fs").readFileSync("package.json")).version')
deb=build/package/segue_${version}_$arch.deb
[ -f "$deb" ] || die "there is no $deb. Run: npm run package"
mkdir -p "$out"

# Much is written and thrown away: in memory, where there is enough of it.
scratch=$(
	[ "$(df --output=avail -m /dev/shm 2>/dev/null | tail -1)" -gt 4096 ] && mktemp -d /dev/shm/segue-image.XXXXXX ||
		mktemp -d "$PWD/$out/work.XXXXXX"
)
mounted=()
clean() {
	for place in "${mounted[@]}"; do umount "$place" 2>/dev/null || true; done
	rm -rf --one-file-system "$scratch"
}
trap clean EXIT

mirror=${SEGUE_MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Label: Debian' | sed -n 1p)}
[ -n "$mirror" ] || die "no Debian mirror is known here. Set SEGUE_MIRROR to one."

# Foreign programs run in the new root.
can_run_arm64() { [ "$(dpkg --print-architecture)" = arm64 ] || [ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ]; }
if ! can_run_arm64; then
	mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc 2>/dev/null || true
	update-binfmts --enable qemu-aarch64 >/dev/null 2>&1 || true
	can_run_arm64 || die "programs for arm64 cannot be run here: binfmt_misc and qemu-user-static are needed."
fi

# base TAR: Debian alone, from the mirror.
base() {
	local begin=$SECONDS
	say "Debian $suite for $arch, from its packages (some minutes)"
	cat >"$scratch/essential" <<-'H'
		#!/bin/sh
		# No initrd by the packages (it would be made twice), and no host keys but what the card makes.
		set -e
		mkdir -p "$1/etc/ssh"
		for kind in rsa ecdsa ed25519; do
			: >"$1/etc/ssh/ssh_host_${kind}_key"
			: >"$1/etc/ssh/ssh_host_${kind}_key.pub"
		done
	H
	cat >"$scratch/customize" <<-'H'
		#!/bin/sh
		set -e
		rm -f "$1"/etc/ssh/ssh_host_*
	H
	chmod +x "$scratch/essential" "$scratch/customize"
	TMPDIR=$scratch INITRD=No mmdebstrap --quiet --format=tar --mode=root --variant=minbase --architectures=$arch \
		--include="$(grep -v '^#' $here/packages.txt | grep . | paste -sd,)" \
		--dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
		--essential-hook="$scratch/essential \"\$1\"" \
		--customize-hook="$scratch/customize \"\$1\"" \
		"$suite" "$1.part" \
		"deb $mirror $suite main non-free-firmware" "deb $mirror-security $suite-security main non-free-firmware" >&2 ||
		die "mmdebstrap failed."
	mv "$1.part" "$1"
	say "Debian: $((SECONDS - begin)) s"
}

# versions ROOT: what is installed there.
versions() {
	awk '/^Package: /{p=$2} /^Architecture: /{a=$2} /^Version: /{v=$2} /^$/{if(p)print p, v, a; p=""} END{if(p)print p, v, a}' \
		"$1/var/lib/dpkg/status" | sort
}

# modules ROOT: what of npm is in it, with its license.
modules() {
	find "$1/usr/lib/segue/node_modules" -name package.json -path '*/node_modules/*' |
		grep -E '/node_modules/(@[^/]+/)?[^/]+/package.json$' |
		xargs -r node -p 'process.argv.slice(1).map((file) => { const { name, version, license } = JSON.parse(fs.readFileSync(file, "utf8")); return [name, version, license].join(" "); }).sort().join("\n")'
}

# in_root ROOT COMMAND...: as if it had been started from it.
in_root() {
	local root=$1
	shift
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TZ=UTC DEBIAN_FRONTEND=noninteractive INITRD=No \
		SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" SYSTEMD_OFFLINE=1 chroot "$root" "$@"
}

# fill ROOT BOOT: Segue, what the image adds, the initrd, the firmware.
fill() {
	local root=$1 boot=$2
	mount -t proc proc "$root/proc"
	mounted+=("$root/proc")
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod +x "$root/usr/sbin/policy-rc.d"
	cp "$deb" "$root/tmp/segue.deb"
	in_root "$root" dpkg --install --force-unsafe-io /tmp/segue.deb >"$out/dpkg.log" 2>&1 ||
		die "Segue's package could not be installed: $(tail -3 "$out/dpkg.log")"
	# To go back to, when an update fails.
	install -D -m 644 "$deb" "$root/usr/lib/segue-image/segue_$version.deb"
	in_root "$root" useradd --home-dir /data/home --no-create-home --shell /bin/bash --groups sudo,audio,segue owner
	cp -R --preserve=mode,timestamps --no-preserve=ownership $here/root/. "$root/"
	node_modules/.bin/tsc -p $here/tsconfig.json
	cp "$out"/setup/*.js "$root/usr/lib/segue-image/"
	chmod -R go-w "$root/etc" "$root/usr/lib/segue-image"
	mkdir -p "$root/data" "$root/media/root-ro" "$root/media/usb" "$root/boot/firmware"
	ln -sf ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
	systemctl --quiet --root="$root" enable segue.service ssh.service systemd-networkd.service systemd-resolved.service \
		systemd-timesyncd.service segue-grow.service segue-prepare.service segue-admin-code.service \
		var-lib-segue.mount var-cache-segue.mount var-lib-systemd-timesync.mount
	systemctl --quiet --root="$root" disable systemd-networkd-wait-online.service wpa_supplicant.service apt-daily.timer \
		apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer 2>/dev/null || true
	systemctl --quiet --root="$root" mask systemd-networkd-wait-online.service getty@tty1.service

	local kernel
	kernel=$(basename "$root"/lib/modules/*)
	in_root "$root" mkinitramfs -o "/boot/initrd.img-$kernel" "$kernel" >"$out/initrd.log" 2>&1 ||
		die "the initrd could not be made: $(tail -3 "$out/initrd.log")"
	mkdir -p "$boot"
	cp "$root/boot/vmlinuz-$kernel" "$boot/vmlinuz"
	mv "$root/boot/initrd.img-$kernel" "$boot/initrd.img"
	cp "$root/usr/lib/linux-image-$kernel"/broadcom/bcm2837-rpi-{zero-2-w,3-b,3-b-plus,3-a-plus}.dtb "$boot/"
	cp "$root"/usr/lib/raspi-firmware/{bootcode.bin,fixup.dat,start.elf,fixup_cd.dat,start_cd.elf} "$boot/"
	cp $here/boot/{config.txt,cmdline.txt,segue-setup.toml} "$boot/"
	mkdir "$boot/overlays"
	dtc -@ -q -I dts -O dtb -o "$boot/overlays/segue-i2s-dac.dtbo" $here/boot/segue-i2s-dac.dts
	# The card has them on its first partition.
	rm -f "$root"/boot/vmlinuz-* "$root"/vmlinuz* "$root"/initrd.img*

	umount "$root/proc"
	mounted=()
	rm -rf "$root"/usr/sbin/policy-rc.d "$root"/tmp/* "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* \
		"$root"/var/cache/ldconfig "$root"/etc/machine-id "$root"/var/lib/dbus/machine-id "$root"/etc/*- "$root"/var/lib/dpkg/*-old \
		"$root"/var/lib/systemd/random-seed "$root"/root/.bash_history "$root"/var/cache/debconf/*-old
	: >"$root/etc/machine-id"
	# Users of packages carry the day on which these were unpacked, perhaps long before this commit.
	sed -i "s/^\([^:]*:[^:]*:\)[0-9]*/\1$((SOURCE_DATE_EPOCH / 86400))/" "$root/etc/shadow"
	# Nothing is newer than what was set up here: no rebuilding of caches at each start.
	: >"$root/etc/.updated"
	: >"$root/var/.updated"
}

# card ROOT BOOT IMAGE: three file systems and their table.
card() {
	local root=$1 boot=$2 image=$3 part
	find "$root" "$boot" -newermt "@$SOURCE_DATE_EPOCH" -print0 | xargs -0 -r touch --no-dereference --date="@$SOURCE_DATE_EPOCH"

	part=$scratch/boot.img
	truncate -s ${boot_mib}M "$part"
	mkfs.vfat -F 32 -n SEGUE-BOOT -i $boot_id --invariant "$part" >/dev/null
	(cd "$boot" && find . -mindepth 1 -maxdepth 1 -print0 | sort -z | xargs -0 mcopy -s -m -i "$part" {} ::/ 2>/dev/null ||
		find . -mindepth 1 -maxdepth 1 | sort | while read -r file; do mcopy -s -m -i "$part" "$file" ::/; done)

	ext4 "$scratch/root.img" $root_mib segue-root $root_uuid "$root" 16384
	mkdir -p "$scratch/data"
	touch --date="@$SOURCE_DATE_EPOCH" "$scratch/data"
	# Few and large files: music. Nothing is left to be initialised by the kernel later, which would write to the card.
	ext4 "$scratch/data.img" $data_mib segue-data $data_uuid "$scratch/data" 262144

	local boot_at=2048 root_at data_at
	root_at=$((boot_at + boot_mib * 2048))
	data_at=$((root_at + root_mib * 2048))
	rm -f "$image"
	truncate -s $((data_at * 512 + data_mib * 1048576)) "$image"
	sfdisk --quiet "$image" <<-T
		label: dos
		label-id: 0x$disk_id
		start=$boot_at, size=$((boot_mib * 2048)), type=c, bootable
		start=$root_at, size=$((root_mib * 2048)), type=83
		start=$data_at, size=$((data_mib * 2048)), type=83
	T
	dd if="$scratch/boot.img" of="$image" bs=1M seek=$((boot_at / 2048)) conv=notrunc,sparse status=none
	dd if="$scratch/root.img" of="$image" bs=1M seek=$((root_at / 2048)) conv=notrunc,sparse status=none
	dd if="$scratch/data.img" of="$image" bs=1M seek=$((data_at / 2048)) conv=notrunc,sparse status=none
	rm -f "$scratch"/{boot,root,data}.img
}

# ext4 FILE MIB LABEL UUID FOLDER BYTES_PER_INODE
ext4() {
	rm -f "$1"
	E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH mke2fs -q -t ext4 -b 4096 -L "$3" -U "$4" -i "$6" -m 1 -d "$5" \
		-E "hash_seed=$4,lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0" "$1" "$2M"
	# mke2fs takes the time of the last change of an inode from the folder, where nobody can set it.
	find "$5" -printf 'sif "/%P" ctime @%s\n' 2>/dev/null | sed "s/@.*/@$SOURCE_DATE_EPOCH/" >"$scratch/ctimes"
	E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH debugfs -w -f "$scratch/ctimes" "$1" >/dev/null 2>&1
	e2fsck -fn "$1" >"$out/fsck.log" 2>&1 || die "the file system $3 is not sound: $(tail -3 "$out/fsck.log")"
}

# build BASE IMAGE
build() {
	local begin=$SECONDS root=$scratch/root boot=$scratch/boot
	rm -rf "$root" "$boot"
	mkdir "$root"
	tar -C "$root" --numeric-owner --xattrs --xattrs-include='*' -xf "$1"
	if [ "$update_lock" = yes ]; then
		versions "$root" >$here/packages.lock
		update_lock=no
	elif ! versions "$root" | diff -u $here/packages.lock - >"$out/packages.diff"; then
		grep '^[+-][^+-]' "$out/packages.diff" | head -20 >&2
		die "the mirror has other versions than $here/packages.lock. Look at them, then: $0 --update-lock"
	fi
	fill "$root" "$boot"
	versions "$root" >"$out/segue_${version}_zero2w.packages.txt"
	modules "$root" >"$out/segue_${version}_zero2w.modules.txt"
	du -sm --apparent-size "$root" | cut -f1 >"$out/used-mib"
	card "$root" "$boot" "$2"
	rm -rf "$root" "$boot"
	say "image: $((SECONDS - begin)) s"
}

fingerprint=$({ cat $here/packages.txt; sed -n '/^base()/,/^}/p' "$0"; } | sha256sum | cut -c1-12)
base_tar=$out/base-$fingerprint.tar
[ "$update_lock" = yes ] && rm -f "$base_tar"
[ -f "$base_tar" ] || { rm -f "$out"/base-*.tar; base "$base_tar"; }
name=segue_${version}_zero2w
build "$base_tar" "$out/$name.img"
(cd "$out" && sha256sum "$name.img" >"$name.img.sha256")
say "$(cat "$out/$name.img.sha256")"

if [ "$again" = yes ]; then
	base "$scratch/base.tar"
	build "$scratch/base.tar" "$out/again.img"
	if cmp "$out/$name.img" "$out/again.img"; then
		rm -f "$out/again.img"
		say "built twice, from the packages on: the same to the byte."
	else
		die "built twice, and not the same: $out/$name.img and $out/again.img"
	fi
fi

begin=$SECONDS
zstd -q -f -T0 -10 "$out/$name.img" -o "$out/$name.img.zst"
say "used $(cat "$out/used-mib") MiB, compressed $(($(stat -c %s "$out/$name.img.zst") / 1048576)) MiB ($((SECONDS - begin)) s): $out/$name.img.zst"
