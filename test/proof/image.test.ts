// The card image, booted: as an emulated machine with 512 MB and four Cortex-A53, seen from outside. `npm run image:test`, after
// `npm run package` and `npm run image`; SEGUE_MUSIC=FOLDER plays what is in there instead of made tones. Emulation is ten to twenty-five times slower than this machine and says nothing of a
// board's speed. SEGUE_MACHINE=raspi3ap boots the board's own device tree instead (slow).
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Status } from '../../daemon/adapters/http/shapes.ts';
import { launchBrowser } from '../support/browser.ts';
import { builtImage, type Guest, type Machine, makeGuest } from '../support/guest.ts';
import { usualMemory } from '../support/guest-memory.ts';
import { writeMusic } from '../support/music.ts';

const machine = (process.env.SEGUE_MACHINE ?? 'virt') as Machine;
const folder = mkdtempSync(join(tmpdir(), 'segue-image-'));
const sound = join(folder, 'sound.wav');
const [TRACKS, SECONDS] = [12, 30];
const kept = process.env.SEGUE_KEEP !== undefined;
/** A network of two: the card at .2, and a namespace of ours at .1. */
const [TAP, SPACE, NET] = ['segue-proof', 'segue-proof', '10.77.0'];
let guest: Guest;

const ip = (words: string) => execFileSync('ip', words.split(' '), { encoding: 'utf8' });
function dropNetwork(): void {
  for (const words of [`netns del ${SPACE}`, `link del ${TAP}`])
    spawnSync('ip', words.split(' '), { stdio: 'ignore' });
}

const text = async (command: string) => {
  const { code, out, err } = await guest.ssh(command);
  assert.equal(code, 0, `${command}: ${out}\n${err}`);
  return out;
};
const seconds = (from: number) => Math.round((Date.now() - from) / 1000);
const status = () => guest.get<Status>('/status');

before(async () => {
  dropNetwork();
  if (machine === 'virt') ip(`tuntap add ${TAP} mode tap`);
  guest = await makeGuest({
    image: builtImage(),
    folder: join(folder, 'guest'),
    machine,
    setup:
      'hostname = "kitchen"\ntimezone = "Europe/Berlin"\n[wifi]\nnetwork = "home"\npassword = "correct horse"\ncountry = "DE"\n[panel]\ncode = "Blue Moon 42"\n',
    ...(machine === 'virt' ? { soundFile: sound, tap: TAP } : {}),
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
  const pieces = process.env.SEGUE_MUSIC ?? join(folder, 'music');
  if (process.env.SEGUE_MUSIC === undefined) writeMusic(pieces, TRACKS, SECONDS);
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
  dropNetwork();
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
  assert.doesNotMatch(await text('sudo cat /boot/firmware/segue-setup.toml'), /correct horse|Blue Moon/);
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

test('from another network namespace only SSH, the panel and mDNS answer', {
  skip: machine !== 'virt' && 'no second network card there',
}, async () => {
  const name = await text("ip -o link | awk '/52:54:00:77:00:02/ {print $2}' | tr -d :");
  await text(`sudo ip addr add ${NET}.2/24 dev ${name}`);
  ip(`netns add ${SPACE}`);
  ip(`link set ${TAP} netns ${SPACE}`);
  for (const words of [`addr add ${NET}.1/24 dev ${TAP}`, `link set ${TAP} up`, 'link set lo up'])
    ip(`-n ${SPACE} ${words}`);
  const told = execFileSync(
    'ip',
    ['netns', 'exec', SPACE, process.execPath, 'test/proof/image/scan.mjs', `${NET}.2`],
    { encoding: 'utf8' },
  );
  const { open, other, answered } = JSON.parse(told) as Record<'open' | 'other' | 'answered', number[]>;
  assert.deepEqual(open, [22, 5720]);
  assert.deepEqual(other, [], 'the rest refuses');
  assert.deepEqual(answered, [5353]);
});

test('the panel shows what plays in a browser, through the forwarded port, and skips', async () => {
  const browser = await launchBrowser();
  try {
    const page = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(`http://127.0.0.1:${guest.panelPort}/`);
    const heading = page.getByRole('heading', { level: 2 }).first();
    const before = await guest.until(
      'what plays to be on the page',
      async () => ({ shown: await heading.textContent(), is: (await status()).current }),
      ({ shown, is }) => shown !== null && shown === is?.title,
      120_000,
    );
    await page.getByRole('button', { name: 'Skip', exact: true }).click();
    await guest.until(
      'another',
      async () => ({ shown: await heading.textContent(), is: (await status()).current }),
      ({ shown, is }) => is?.entry !== before.is?.entry && shown === is?.title,
      120_000,
    );
  } finally {
    await browser.close();
  }
});

test('it goes from one piece into the next, and says why over SSH', async () => {
  const { current } = await status();
  await guest.until(
    'a crossfade',
    status,
    ({ crossfade }) => crossfade !== null && crossfade !== undefined,
    900_000,
  );
  await guest.until('another piece', status, (now) => now.current?.entry !== current?.entry, 120_000);
  const why = await text('segue why');
  console.log(why.replace(/^/gm, '  '));
  assert.match(why, /chosen|asked for/i);
  const stats = await text('segue audio stats');
  console.log(stats.replace(/^/gm, '  '));
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
  const { used, daemon, table } = await usualMemory(guest);
  console.log(`${table}\n  used by everything: ${used} MiB`);
  assert.ok(used <= 230, `${used} MiB are used`);
  assert.ok((daemon?.Rss ?? 999) <= 120, JSON.stringify(daemon));
  assert.ok((daemon?.Anonymous ?? 999) <= 45, JSON.stringify(daemon));
});

test("the panel's code of the setup file makes an admin, once", async () => {
  assert.equal(await text('sudo test -e /data/system/admin-code || echo gone'), 'gone');
  const login = async () => {
    const { status: code } = await fetch(`http://127.0.0.1:${guest.panelPort}/api/v1/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code: 'bluemoon42' }),
    });
    return code;
  };
  assert.equal(await login(), 201);
  assert.equal(await login(), 403);
});

test('sound flows into the card', { skip: machine !== 'virt' && 'no sound card there' }, async () => {
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
