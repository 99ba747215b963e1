// The card image, booted: as an emulated machine with 512 MB and four Cortex-A53, seen from outside. `npm run image:test`, after
// `npm run package` and `npm run image`. Emulation is ten to twenty-five times slower than this machine and says nothing of a
// board's speed. SEGUE_MACHINE=raspi3ap boots the board's own device tree instead (slow).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Status } from '../../daemon/adapters/http/shapes.ts';
import { builtImage, type Guest, type Machine, makeGuest } from '../support/guest.ts';
import { writeMusic } from '../support/music.ts';

const machine = (process.env.SEGUE_MACHINE ?? 'virt') as Machine;
const folder = mkdtempSync(join(tmpdir(), 'segue-image-'));
const sound = join(folder, 'sound.wav');
const [TRACKS, SECONDS] = [12, 30];
const kept = process.env.SEGUE_KEEP !== undefined;
let guest: Guest;

const text = async (command: string) => {
  const { code, out, err } = await guest.ssh(command);
  assert.equal(code, 0, `${command}: ${out}\n${err}`);
  return out;
};
const seconds = (from: number) => Math.round((Date.now() - from) / 1000);
const status = () => guest.get<Status>('/status');

before(async () => {
  guest = await makeGuest({
    image: builtImage(),
    folder: join(folder, 'guest'),
    machine,
    setup:
      'hostname = "kitchen"\ntimezone = "Europe/Berlin"\n[wifi]\nnetwork = "home"\npassword = "correct horse"\ncountry = "DE"\n',
    ...(machine === 'virt' ? { soundFile: sound } : {}),
  });
  const from = Date.now();
  await guest.boot();
  console.log(`  SSH after ${seconds(from)} s`);
  await text('test -d /data/music');
  await guest.until(
    'the panel',
    () => guest.get<object>('/import'),
    () => true,
    600_000,
  );
  const pieces = join(folder, 'music');
  writeMusic(pieces, TRACKS, SECONDS);
  const tar = execFileSync('tar', ['-C', pieces, '-c', '.'], { maxBuffer: 1 << 30 });
  const { code, err } = await guest.ssh('tar -C /data/music -x --no-same-owner', tar);
  assert.equal(code, 0, err);
  await guest.until(
    'Segue plays',
    status,
    ({ playing, current }) => playing && (current?.positionMs ?? 0) > 0,
    900_000,
  );
  console.log(`  music from it after ${seconds(from)} s`);
});
after(async () => {
  await guest?.kill();
  if (kept) console.log(`kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
});

test('it is up: Segue is ready, nothing failed, and the panel is served', async () => {
  const shown = await text('systemctl show segue -p ActiveState,StatusText,NRestarts');
  assert.match(shown, /ActiveState=active/);
  assert.match(shown, /StatusText=Plays .+ by .+\./);
  assert.match(shown, /NRestarts=0/);
  assert.equal(await text('systemctl list-units --failed --plain --no-legend'), '');
  const page = await fetch(`http://127.0.0.1:${guest.panelPort}/`);
  assert.match(await page.text(), /<title>/);
  console.log(`  up: ${await text('systemd-analyze 2>/dev/null | head -1; cat /proc/uptime')}`);
});

test('the mounts are as designed, and /data has grown to the card', async () => {
  const mounts = new Map(
    (await text('findmnt -rn -o TARGET,FSTYPE,OPTIONS,SIZE -b')).split('\n').map((line) => {
      const [target = '', type = '', options = '', size = ''] = line.split(' ');
      return [target, { type, options: options.split(','), size: Number(size) }];
    }),
  );
  assert.equal(mounts.get('/')?.type, 'overlay');
  assert.ok(mounts.get('/media/root-ro')?.options.includes('ro'));
  assert.equal(mounts.get('/boot/firmware')?.type, 'vfat');
  assert.ok(mounts.get('/boot/firmware')?.options.includes('ro'));
  const data = mounts.get('/data');
  assert.equal(data?.type, 'ext4');
  assert.ok((data?.size ?? 0) > 2.4 * 1024 ** 3, String(data?.size));
  assert.equal(mounts.get('/var/lib/segue')?.type, 'ext4');
  assert.match(await text('cat /proc/swaps'), /zram0/);
});

test('what the setup file says holds, its secrets are gone from the card, and the result is beside it', async () => {
  assert.equal(await text('hostname'), 'kitchen');
  assert.match(await text('date +%Z'), /^CES?T$/);
  assert.match(await text('sudo cat /etc/wpa_supplicant/wpa_supplicant-wlan0.conf'), /^\tpsk=[0-9a-f]{64}$/m);
  assert.doesNotMatch(await text('sudo cat /boot/firmware/segue-setup.toml'), /correct horse/);
  assert.match(
    await text('sudo cat /boot/firmware/segue-setup-result.txt'),
    /^segue-setup\.toml was applied/,
  );
});

test('nobody gets in without the key, and nothing listens but SSH, the panel and mDNS', async () => {
  const passwords = await text(
    'sudo sshd -T | grep -E "^(passwordauthentication|permitrootlogin|kbdinteractiveauthentication)"',
  );
  assert.deepEqual(
    passwords.split('\n').map((line) => line.split(' ')[1]),
    ['no', 'no', 'no'],
  );
  assert.equal(await text("sudo awk -F: '$2 !~ /^[!*]/' /etc/shadow"), '');
  const open = (await text("sudo ss -Htuln | awk '{print $1, $5}'"))
    .split('\n')
    .map((line) => ({
      kind: line.split(' ')[0] ?? '',
      port: Number(line.match(/:(\d+)$/)?.[1]),
      address: line.split(' ')[1] ?? '',
    }))
    .filter(({ address }) => !/^(127\.|\[::1\])/.test(address));
  // Port 68 and 546 are this machine's own, asking for an address.
  const ports = [...new Set(open.map(({ kind, port }) => `${kind} ${port}`))].filter(
    (each) => !['udp 68', 'udp 546'].includes(each),
  );
  assert.deepEqual(ports.sort(), ['tcp 22', 'tcp 5720', 'udp 5353']);
});

test('segue doctor is clean but for what emulation lacks', async () => {
  const { out } = await guest.ssh('segue doctor --json');
  const { checks } = JSON.parse(out) as { checks: { name: string; ok: boolean; message: string }[] };
  console.log(
    checks.map(({ name, ok, message }) => `  ${ok ? 'ok   ' : 'WRONG'} ${name}: ${message}`).join('\n'),
  );
  assert.deepEqual(
    checks.filter(({ ok }) => !ok),
    [],
  );
});

test('memory, of every process and together, is within what is meant', async () => {
  await guest.until(
    'the import to be over',
    () => guest.get<{ status: { state: string } | null }>('/import'),
    (at) => at.status?.state === 'done',
    900_000,
  );
  const told = await text(
    "sudo grep -HE '^(Rss|Pss|Anonymous):' /proc/[0-9]*/smaps_rollup 2>/dev/null; ps -eo pid=,args= | sed 's/^ */ps /'; free -m | sed -n 2p",
  );
  const rows = new Map<string, { args: string; sizes: Record<string, number> }>();
  const row = (pid: string) => {
    const found = rows.get(pid) ?? { args: '', sizes: {} };
    rows.set(pid, found);
    return found;
  };
  for (const line of told.split('\n')) {
    const size = /^\/proc\/(\d+)\/smaps_rollup:(\w+): +(\d+) kB/.exec(line);
    if (size) row(size[1] as string).sizes[size[2] as string] = Number(size[3]) / 1024;
    const process = /^ps (\d+) (.*)/.exec(line);
    if (process) row(process[1] as string).args = process[2] as string;
  }
  const known = [...rows.values()].filter(({ sizes }) => sizes.Rss !== undefined);
  for (const { args, sizes } of known.sort((a, b) => (b.sizes.Pss ?? 0) - (a.sizes.Pss ?? 0)))
    console.log(
      `  ${['Pss', 'Rss', 'Anonymous'].map((kind) => `${kind} ${(sizes[kind] ?? 0).toFixed(1)}`).join('  ')} MiB  ${args.slice(0, 80)}`,
    );
  const used = Number(told.split('\n').at(-1)?.trim().split(/ +/)[2]);
  console.log(`  used by everything: ${used} MiB`);
  const daemon = known.find(({ args }) => args.includes('daemon/main.js'));
  assert.ok(used <= 230, `${used} MiB are used`);
  assert.ok((daemon?.sizes.Rss ?? 999) <= 120, JSON.stringify(daemon));
  assert.ok((daemon?.sizes.Anonymous ?? 999) <= 45, JSON.stringify(daemon));
});

test('sound flows into the card', { skip: machine !== 'virt' && 'no sound card there' }, async () => {
  console.log((await guest.ssh('segue audio stats | head -1; segue why')).out);
  await guest.kill();
  // 16 bits, stereo, after a header of 44 bytes.
  const samples = readFileSync(sound).subarray(44);
  let loud = 0;
  const second = 4 * 48_000;
  for (let at = 0; at + second <= samples.length; at += second)
    if (samples.subarray(at, at + second).some((byte) => byte !== 0 && byte !== 255)) loud++;
  console.log(`  ${Math.floor(samples.length / second)} s came out of the card, ${loud} of them not silent`);
  assert.ok(loud >= 20, String(loud));
});
