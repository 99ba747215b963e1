// Takes segue-setup.toml over: judges it, keeps what it asks for under /data/system, says in segue-setup-result.txt what came of
// it, and blanks the secrets on the card. Run by prepare, as root, before the network, when the file is new or changed.
// Ends with 10 when the firmware must read its part anew. It never stops the start: what held before still holds.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  judge,
  type Setup,
  soundFile,
  tell,
  type Verdict,
  wifiFile,
  withCard,
  withoutSecrets,
} from './plan.ts';

const [, , boot = '/boot/firmware', kept = '/data/system'] = process.argv;
const { parse } = createRequire('/usr/lib/segue/package.json')('smol-toml') as typeof import('smol-toml');
const FILE = join(boot, 'segue-setup.toml');

/** Whole or not at all, also when the power goes. */
function keep(name: string, content: string, mode = 0o644): void {
  const path = join(kept, name);
  writeFileSync(`${path}.new`, content, { mode, flush: true });
  renameSync(`${path}.new`, path);
}

function verdictOn(source: string): Verdict {
  const held = join(kept, 'setup.json');
  const before = existsSync(held) ? (JSON.parse(readFileSync(held, 'utf8')) as Setup) : null;
  const isTimeZone = (name: string) =>
    /^[A-Za-z0-9_+/-]+$/.test(name) && existsSync(join('/usr/share/zoneinfo', name));
  try {
    return judge(parse(source), { before, isTimeZone });
  } catch (error) {
    const { line, message } = error as Error & { line?: number };
    // Without the excerpt that follows: there may be a password in it.
    return { problems: [`Line ${line}: it is not TOML. ${message.split('\n')[0]}`] };
  }
}

/** The card is read-only but for this moment. */
function onTheCard(write: () => void): void {
  const mount = (how: string) => execFileSync('mount', ['-o', `remount,${how}`, boot], { stdio: 'inherit' });
  mount('rw');
  try {
    write();
  } finally {
    execFileSync('sync', ['-f', boot]);
    mount('ro');
  }
}

const source = readFileSync(FILE, 'utf8');
const verdict = verdictOn(source);
const config = readFileSync(join(boot, 'config.txt'), 'utf8');
let [left, newConfig] = [source, config];
if ('setup' in verdict) {
  const { setup } = verdict;
  mkdirSync(kept, { recursive: true });
  keep('hostname', `${setup.hostname}\n`);
  keep('timezone', `${setup.timezone}\n`);
  keep('wifi.conf', setup.wifi ? wifiFile(setup.wifi) : '', 0o600);
  keep('authorized_keys', setup.keys.map((key) => `${key}\n`).join(''));
  keep('asound.conf', soundFile(setup.card));
  keep('card', `${setup.card}\n`);
  // segue-admin-code.service hands it on to Segue, once.
  if (setup.code !== null) keep('admin-code', setup.code, 0o600);
  keep('setup.json', JSON.stringify({ ...setup, code: null }), 0o600);
  left = withoutSecrets(source);
  newConfig = withCard(config, setup.card);
}
onTheCard(() => {
  writeFileSync(join(boot, 'segue-setup-result.txt'), tell(verdict));
  if (newConfig !== config) writeFileSync(join(boot, 'config.txt'), newConfig);
  if (left !== source) writeFileSync(FILE, left);
});
keep('setup.sum', `${createHash('sha256').update(left).digest('hex')}\n`);
console.log(tell(verdict).replaceAll('\r', '').trim());
if (newConfig !== config) process.exitCode = 10;
