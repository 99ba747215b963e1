// Runs in a container whose first process is systemd, as root: installs the unit, lets Segue live under it, and writes what it
// saw to /out/facts.json. It judges nothing.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readMirror } from '../../../dist/daemon/positions.js';

const AWAY_MS = 60_000;
const FIRST = ['load-module', 'module-null-sink', 'sink_name=first', 'rate=48000'];
const OWN_RULE = `- name: OwnersOwn
  summary: Proves that the owner's rules are read.
  when:
    Player.setVolume: {volume: ?volume}
  then:
    - Panel.broadcast: {topic: notice, data: {level: info, volume: ?volume}}
`;

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
/** What there is of the owner's, and what health says of it. */
async function owned() {
  const get = async (path) => (await fetch(`http://127.0.0.1:5720/api/v1/${path}`)).json();
  const { rules } = await get('rules');
  const { checks } = await get('health');
  return {
    rules: rules.map(({ name }) => name),
    said: checks.find(({ name }) => name === 'safe-mode') ?? null,
  };
}
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
const restarted = (times, timeoutMs, look = () => {}) =>
  until(
    `restart ${times}`,
    () => {
      look();
      return show();
    },
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

/** One thread hangs until the process has gone. */
async function freeze(pid, thread) {
  const script = fileURLToPath(new URL('freeze.py', import.meta.url));
  const child = spawn('python3', [script, String(pid), thread], { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.once('data', (text) => resolve(String(text).trim()));
  });
}

/** PulseAudio with one device, for the unit to find. */
async function soundServer() {
  const folder = '/run/pulse-proof';
  const socket = `${folder}/native`;
  mkdirSync(folder);
  mkdirSync('/run/systemd/system/segue.service.d', { recursive: true });
  writeFileSync(
    '/run/systemd/system/segue.service.d/pulse.conf',
    `[Service]\nEnvironment=PULSE_SERVER=unix:${socket}\n`,
  );
  run('systemctl', 'daemon-reload');
  const protocol = `load-module module-native-protocol-unix auth-anonymous=1 socket=${socket}`;
  writeFileSync(`${folder}/pulse.pa`, `${protocol}\n${FIRST.join(' ')}\n`);
  const env = { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder, PULSE_SERVER: `unix:${socket}` };
  const words = ['-n', '--daemonize=no', '--use-pid-file=no', '--exit-idle-time=-1', '--disable-shm=yes'];
  spawn('pulseaudio', [...words, '-F', `${folder}/pulse.pa`], { env, stdio: 'ignore' });
  const control = (...each) => {
    const { status: code, stdout, stderr } = spawnSync('pactl', each, { env, encoding: 'utf8' });
    if (code !== 0) throw new Error(`pactl ${each.join(' ')}: ${stderr}`);
    return stdout;
  };
  await until('the sound server', () => control('info'), Boolean, 20_000);
  return { control };
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
  copyFileSync('/usr/lib/segue/deploy/systemd/segue.service', '/etc/systemd/system/segue.service');
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

  mkdirSync('/var/lib/segue/rules', { recursive: true });
  writeFileSync('/var/lib/segue/rules/own.yaml', OWN_RULE);
  run('systemctl', 'reload', 'segue');
  facts.owned = (await until('the rule', owned, ({ rules }) => rules.length > 0, 10_000)).value;

  const before = await status();
  process.kill(Number(facts.later.MainPID), 'SIGKILL');
  facts.killed = { before, ...(await restarted(1, 20_000)) };
  facts.resumed = (await plays(20_000)).value;

  // While JavaScript hangs the core plays, and its mirror tells where it is.
  const { current: hungIn } = await status();
  await hang(Number(show().MainPID));
  const mirrored = [];
  const noteMirror = () => mirrored.push({ atMs: Date.now(), ...readMirror('/run/segue/position') });
  const { afterMs } = await restarted(2, 60_000, noteMirror);
  const again = await plays(20_000);
  // The first look at it after the restart may have seen the new process already.
  facts.hung = { afterMs, in: hungIn, mirrored: mirrored.slice(0, -1), seenAtMs: Date.now() };
  facts.afterHang = again.value;

  // The thread that renders hangs: JavaScript is well.
  const frozen = await freeze(Number(show().MainPID), 'segue-audio');
  facts.frozen = { said: frozen, status: await status(), ...(await restarted(3, 60_000)) };
  facts.afterFreeze = (await plays(20_000)).value;
  // That were three within ten minutes.
  facts.safe = await owned();
  facts.safe.status = show().StatusText;

  // In order: it is as it was. From here on there is a sound server, with one device.
  const server = await soundServer();
  run('systemctl', 'restart', 'segue');
  await plays(30_000);
  facts.unsafe = (await until('the rule', owned, ({ rules }) => rules.length > 0, 10_000)).value;
  await fetch('http://127.0.0.1:5720/api/v1/settings', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ output_device: 'PulseAudio: first' }),
  });
  const onDevice = await until(
    'the device',
    status,
    ({ sink, playing }) => sink === 'PulseAudio: first' && playing,
    20_000,
  );
  const module = server.control('list', 'short', 'modules').split('\n');
  server.control('unload-module', module.find((line) => line.includes('sink_name=first')).split('\t')[0]);
  const away = [];
  for (const from = Date.now(); Date.now() - from < AWAY_MS; await sleep(5000))
    away.push({ ...show(), ...(await status()) });
  away.push({ ...show(), ...(await status()) });
  server.control(...FIRST);
  const back = await until(
    'the device again',
    status,
    ({ sink, playing }) => sink === 'PulseAudio: first' && playing,
    30_000,
  );
  facts.device = { before: onDevice.value, away, back: back.value, after: show() };

  // Crashes in quick succession end in safe mode, playing.
  for (let crash = 1; crash <= 3; crash++) {
    process.kill(Number(show().MainPID), 'SIGKILL');
    await restarted(crash, 60_000);
  }
  facts.looped = { ...(await owned()), status: null };
  await plays(20_000);
  facts.looped.plays = await status();
  facts.looped.status = show().StatusText;

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
