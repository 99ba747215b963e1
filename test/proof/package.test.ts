// The package in a clean Debian 13 under systemd: it installs, plays, is updated with its data, goes back with its database when a
// version does not become ready, and leaves nothing. And its addons load on arm64, in emulation.
// Needs root, what `npm run package` needs, systemd-container and qemu-user-static with binfmt; a few minutes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { builtPackage, otherVersion } from '../support/package.ts';

interface Step {
  readonly status: number;
  readonly text: string;
}
interface Seen {
  readonly title: string | null;
  readonly version: string;
  readonly active: string;
  readonly enabled: string;
  readonly crossfade: string;
  readonly backups: string;
}
interface Facts {
  readonly error?: string;
  readonly journal?: string;
  readonly steps: Readonly<Record<string, Step>>;
  readonly installed: Seen;
  readonly updated: Seen;
  readonly wentBack: Seen;
  readonly killed: boolean;
  readonly afterKill: Seen;
  readonly manual: string;
  readonly before: readonly string[];
  readonly removed: readonly string[];
  readonly purged: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'segue-package-'));
const given = join(folder, 'proof');
let facts: Facts;

function run(command: string, ...words: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, words, { encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(
    `${command}: ${stderr || String(error)}\nThis proof needs root, npm run package, and systemd-container.`,
  );
}

before(() => {
  for (const name of [given, join(given, 'bad'), join(folder, 'out')]) mkdirSync(name, { recursive: true });
  for (const other of ['0.0.9', '0.1.0']) otherVersion('amd64', other, given);
  otherVersion('amd64', '0.2.0', given, 'broken');
  const keys = generateKeyPairSync('ed25519');
  const content = readFileSync(join(given, 'segue_0.1.0.deb'));
  writeFileSync(join(given, 'key.pem'), keys.publicKey.export({ type: 'spki', format: 'pem' }));
  const base64 = sign(null, content, keys.privateKey).toString('base64');
  cpSync(join(given, 'segue_0.1.0.deb'), join(given, 'bad/segue_0.1.0.deb'));
  writeFileSync(join(given, 'bad/segue_0.1.0.deb.sig'), sign(null, Buffer.from('another'), keys.privateKey));
  cpSync(builtPackage('arm64'), join(given, 'segue_arm64.deb'));
  writeFileSync(
    join(folder, 'proof.service'),
    '[Unit]\nAfter=multi-user.target\n[Service]\nType=oneshot\nExecStart=/usr/bin/node /code/in-guest.mjs\n',
  );
  // Only now: the first try finds none.
  writeFileSync(join(given, 'segue_0.1.0.deb.sig'), base64);
  run('sh', 'deploy/package/root.sh', 'amd64', builtPackage('amd64'));
  run(
    'env',
    'SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=0',
    ...['timeout', '900', 'systemd-nspawn', '--quiet', '--register=no', '--keep-unit', '--volatile=overlay'],
    ...['--private-network', '-D', resolve('build/package/root-amd64'), '--boot', '--console=read-only'],
    `--bind-ro=${given}:/proof`,
    `--bind-ro=${resolve('test/proof/package')}:/code`,
    `--bind=${join(folder, 'out')}:/out`,
    `--bind-ro=${join(folder, 'proof.service')}:/etc/systemd/system/proof.service`,
    ...['systemd.unit=multi-user.target', 'systemd.wants=proof.service'],
  );
  facts = JSON.parse(readFileSync(join(folder, 'out', 'facts.json'), 'utf8')) as Facts;
  if (process.env.SEGUE_FACTS) cpSync(join(folder, 'out', 'facts.json'), process.env.SEGUE_FACTS);
  assert.equal(facts.error, undefined, `${facts.error}\n${facts.journal}`);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const step = (name: string) => facts.steps[name] as Step;

test('it installs, is enabled, and plays', () => {
  assert.equal(step('install').status, 0, step('install').text);
  assert.deepEqual([facts.installed.active, facts.installed.enabled], ['active', 'enabled']);
  assert.equal(facts.installed.version, '0.0.9');
  assert.match(facts.manual, /SEGUE/);
});

test('an update is refused without a key, a way back or a good signature', () => {
  for (const [name, words] of [
    ['unsigned', /no key/],
    ['noReturn', /no way back/],
    ['badSignature', /not by any of the 1 keys/],
    ['downgrade', /older/],
    ['wrongArchitecture', /for arm64/],
  ] as const) {
    assert.equal(step(name).status, 1, name);
    assert.match(step(name).text, words);
  }
});

test('a signed update keeps the data', () => {
  assert.equal(step('update').status, 0, step('update').text);
  assert.equal(facts.updated.version, '0.1.0');
  assert.match(facts.updated.crossfade, /\b7\b/);
});

test('what does not become ready is taken back together with its database', () => {
  assert.equal(step('broken').status, 1);
  assert.match(step('broken').text, /planted/);
  assert.match(step('broken').text, /Back at 0\.1\.0/);
  assert.equal(facts.wentBack.version, '0.1.0');
  assert.match(facts.wentBack.crossfade, /\b7\b/);
  // It had migrated the database, which 0.1.0 would refuse to open.
  assert.match(facts.wentBack.backups, /segue-\d+\.db/);
  assert.match(step('recover').text, /No update was interrupted/);
});

test('an update that is killed ends in the version before, with its data', () => {
  assert.equal(facts.killed, true);
  assert.equal(step('recovered').status, 1);
  assert.match(step('recovered').text, /interrupted/);
  assert.deepEqual([facts.afterKill.version, facts.afterKill.active], ['0.1.0', 'active']);
  assert.match(facts.afterKill.crossfade, /\b7\b/);
});

test('its addons and its program load on arm64, in emulation', () => {
  run('sh', 'deploy/package/root.sh', 'arm64', builtPackage('arm64'));
  const root = resolve('build/package/root-arm64');
  rmSync(join(root, 'usr/lib/segue'), { recursive: true, force: true });
  run('dpkg-deb', '-x', builtPackage('arm64'), root);
  const lib = '/usr/lib/segue';
  const script = `const load = require('node:module').createRequire('${lib}/package.json');
    const own = ['segue', 'segue-lua'].map((name) => Object.keys(load('${lib}/build/native/' + name + '.node')).length > 0);
    const Database = load('better-sqlite3');
    const row = new Database(':memory:').prepare('SELECT 6 * 7 AS answer').get();
    console.log(JSON.stringify([process.arch, ...own, row.answer, typeof load('naudiodon').getDevices]));`;
  const told = run('chroot', root, '/usr/bin/node', '-e', script);
  assert.deepEqual(JSON.parse(told), ['arm64', true, true, 42, 'function']);
  // It says how it is used.
  const cover = spawnSync('chroot', [root, `${lib}/build/native/segue-cover`]);
  assert.equal(cover.status, 2);
});

/** What others of the system write while packages come and go. */
const OTHERS =
  /^\/var\/(lib\/(dpkg|systemd|apt)|cache\/(apt|ldconfig|man)|tmp)|^\/etc\/(\.pwd\.lock|(passwd|group|shadow|gshadow|subuid|subgid)-)|^\/root\/|^\/etc\/machine-id$/;
const added = (later: readonly string[]) =>
  later.filter((path) => !facts.before.includes(path) && !OTHERS.test(path));

test('removed it leaves its state and its configuration; purged, nothing', () => {
  assert.equal(step('remove').status, 0, step('remove').text);
  const left = added(facts.removed).filter((path) => !/^\/(var\/lib|etc)\/segue(\/|$)/.test(path));
  assert.deepEqual(left, []);
  assert.ok(facts.removed.includes('/var/lib/segue/segue.db'));
  assert.equal(step('purge').status, 0, step('purge').text);
  // The key is the owner's.
  const mine = /^\/etc\/segue(\/update-keys\.d(\/proof\.pem)?)?$/;
  assert.deepEqual(
    added(facts.purged).filter((path) => !mine.test(path)),
    [],
  );
});
