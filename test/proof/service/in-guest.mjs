// Runs in a container whose first process is systemd, as root: installs the unit, lets Segue live under it, and writes what it
// saw to /out/facts.json. It judges nothing.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, statSync, writeFileSync } from 'node:fs';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const run = (...words) => spawnSync(words[0], words.slice(1), { encoding: 'utf8' });
const out = (...words) => run(...words).stdout.trim();
const show = () =>
  Object.fromEntries(
    out(
      'systemctl',
      'show',
      'segue',
      '-p',
      'Result,StatusText,NRestarts,MainPID,ActiveState,WatchdogTimestampMonotonic',
    )
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
const status = async () => (await fetch('http://127.0.0.1:5720/api/v1/status')).json();
async function until(what, ask, done, timeoutMs) {
  const from = Date.now();
  for (;;) {
    const value = await Promise.resolve()
      .then(ask)
      .catch(() => null);
    if (value !== null && done(value)) return { value, afterMs: Date.now() - from };
    if (Date.now() - from > timeoutMs) throw new Error(`${what}: ${JSON.stringify(value)}`);
    await sleep(200);
  }
}
const plays = (timeoutMs) =>
  until('it plays', status, ({ playing, current }) => playing && current?.positionMs > 0, timeoutMs);
const restarted = (times, timeoutMs) =>
  until(
    `restart ${times}`,
    show,
    ({ NRestarts, ActiveState }) => NRestarts === String(times) && ActiveState === 'active',
    timeoutMs,
  );

/** Any Node process opens its inspector on SIGUSR1: through it the event loop is made to turn no more. */
async function hang(pid) {
  process.kill(pid, 'SIGUSR1');
  const targets = async () => (await fetch('http://127.0.0.1:9229/json')).json();
  const { value } = await until('the inspector', targets, (list) => list.length > 0, 10_000);
  const socket = new WebSocket(value[0].webSocketDebuggerUrl);
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: 'for (;;);' } }));
  await sleep(500);
  socket.close();
}

const facts = {};
try {
  run('groupadd', '--system', 'segue');
  run(
    'useradd',
    '--system',
    '--gid',
    'segue',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    'segue',
  );
  copyFileSync('/opt/segue/deploy/systemd/segue.service', '/etc/systemd/system/segue.service');
  run('systemctl', 'daemon-reload');
  facts.startCode = run('systemctl', 'start', 'segue').status;
  await plays(30_000);
  facts.started = show();
  facts.exposure = Number(
    /level for segue.service: ([\d.]+)/.exec(out('systemd-analyze', 'security', 'segue', '--no-pager'))?.[1],
  );
  facts.modes = Object.fromEntries(
    ['/var/lib/segue', '/run/segue', '/run/segue/segued.sock'].map((path) => [
      path,
      (statSync(path).mode & 0o777).toString(8),
    ]),
  );
  await sleep(12_000);
  facts.later = show();

  const before = await status();
  process.kill(Number(facts.later.MainPID), 'SIGKILL');
  facts.killed = { before, ...(await restarted(1, 20_000)) };
  facts.resumed = (await plays(20_000)).value;

  await hang(Number(show().MainPID));
  const { afterMs } = await restarted(2, 60_000);
  facts.hung = { afterMs };
  facts.afterHang = (await plays(20_000)).value;
  const stopping = spawn('systemctl', ['stop', 'segue']);
  const stopped = new Promise((resolve) => stopping.once('close', resolve));
  // Whoever is left after a while is named.
  const timer = setTimeout(() => {
    facts.lingers = out('ps', '-eo', 'pid,ppid,stat,etimes,wchan:20,args');
  }, 5000);
  facts.stopCode = await stopped;
  clearTimeout(timer);
  facts.stopped = show();
} catch (error) {
  facts.error = String(error);
}
facts.journal = out('journalctl', '-u', 'segue', '--no-pager', '-o', 'cat').split('\n');
writeFileSync('/out/facts.json', JSON.stringify(facts));
execFileSync('systemctl', ['poweroff']);
