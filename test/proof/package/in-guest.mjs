// Runs in a clean Debian 13 whose first process is systemd, as root: installs, updates, goes back and removes the packages in
// /proof, and writes what it saw to /out/facts.json. It judges nothing.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const run = (...words) => {
  const { status, stdout, stderr } = spawnSync(words[0], words.slice(1), { encoding: 'utf8' });
  return { status, text: `${stdout}${stderr}`.trim() };
};
const ask = async (path) => (await fetch(`http://127.0.0.1:5720/api/v1/${path}`)).json();
const deb = (version) => `/proof/segue_${version}.deb`;
const files = () =>
  run(
    'find',
    '/usr',
    '/etc',
    '/var',
    '/opt',
    '/root',
    '/home',
    '-xdev',
    '(',
    '-path',
    '/var/log',
    '-o',
    '-path',
    '/usr/lib/segue/x',
    ')',
    '-prune',
    '-o',
    '-print',
  )
    .text.split('\n')
    .sort();

async function plays() {
  let last = null;
  for (let tries = 0; tries < 300; tries++) {
    last = await ask('status').catch((error) => String(error));
    if (last?.playing && last.current?.positionMs > 0) return last;
    await sleep(500);
  }
  throw new Error(`It does not play: ${JSON.stringify(last)}\n${run('systemctl', 'status', 'segue').text}`);
}
const seen = async () => {
  const { current } = await plays();
  return {
    title: current.title ?? null,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholders
    version: run('dpkg-query', '-W', '-f', '${Version}', 'segue').text,
    active: run('systemctl', 'is-active', 'segue').text,
    enabled: run('systemctl', 'is-enabled', 'segue').text,
    crossfade: run('segue', 'settings', 'get', 'crossfade_s').text,
    backups: run('ls', '/var/lib/segue/backups').text,
  };
};

/** Ends an update hard as soon as its files may change. */
async function killInTheMiddle(path) {
  const child = spawn('segue', ['update', '--unsigned', path], { stdio: 'ignore' });
  const noted = () => {
    try {
      return readFileSync('/var/cache/segue/update.json', 'utf8').includes('"copied"');
    } catch {
      return false;
    }
  };
  for (let tries = 0; tries < 3000 && !noted(); tries++) await sleep(10);
  const isNoted = noted();
  child.kill('SIGKILL');
  return isNoted;
}

const facts = { steps: {} };
try {
  facts.before = files();
  facts.steps.install = run('dpkg', '-i', deb('0.0.9'));
  facts.steps.set = await plays().then(() => run('segue', 'settings', 'set', 'crossfade_s', '7'));
  facts.installed = await seen();
  facts.doctor = run('segue', 'doctor').text;
  facts.manual = run('sh', '-c', 'gzip -dc /usr/share/man/man1/segue.1.gz | head -c 200').text;

  facts.steps.unsigned = run('segue', 'update', deb('0.1.0'));
  facts.steps.noReturn = run('segue', 'update', '--unsigned', deb('0.1.0'));
  copyFileSync(deb('0.0.9'), '/var/cache/segue/segue_0.0.9.deb');
  execFileSync('mkdir', ['-p', '/etc/segue/update-keys.d']);
  copyFileSync('/proof/key.pem', '/etc/segue/update-keys.d/proof.pem');
  facts.steps.badSignature = run('segue', 'update', '/proof/bad/segue_0.1.0.deb');
  facts.steps.update = run('segue', 'update', deb('0.1.0'));
  facts.updated = await seen();
  facts.steps.downgrade = run('segue', 'update', deb('0.0.9'), '--unsigned');
  facts.steps.wrongArchitecture = run('segue', 'update', '/proof/segue_arm64.deb', '--unsigned');
  facts.steps.broken = run('segue', 'update', deb('0.2.0'), '--unsigned');
  facts.wentBack = await seen();
  facts.killed = await killInTheMiddle(deb('0.2.0'));
  facts.steps.recovered = run('segue', 'update', '--recover');
  facts.afterKill = await seen();
  facts.steps.recover = run('segue', 'update', '--recover');

  facts.steps.remove = run('dpkg', '--remove', 'segue');
  facts.removed = files();
  facts.steps.purge = run('dpkg', '--purge', 'segue');
  facts.purged = files();
} catch (error) {
  facts.error = String(error);
  facts.journal = run('journalctl', '-u', 'segue', '--no-pager', '-o', 'cat', '-n', '60').text;
}
writeFileSync('/out/facts.json', JSON.stringify(facts));
execFileSync('systemctl', ['poweroff']);
