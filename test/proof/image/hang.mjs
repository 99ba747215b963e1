// Runs on the card as root: the event loop of Segue is made to turn no more, through the inspector that any Node process opens on
// SIGUSR1; until it plays again, what the mirror of its position says is noted. Prints what it saw as JSON.
import { spawnSync } from 'node:child_process';
import { readMirror } from '/usr/lib/segue/dist/daemon/positions.js';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const show = (what) =>
  spawnSync('systemctl', ['show', 'segue', '--value', '-p', what], { encoding: 'utf8' }).stdout.trim();
const status = async () => (await fetch('http://127.0.0.1:5720/api/v1/status')).json();

async function until(what, ask, done, timeoutMs) {
  for (const from = Date.now(); ; await sleep(500)) {
    const value = await Promise.resolve()
      .then(ask)
      .catch((error) => String(error));
    if (done(value)) return value;
    if (Date.now() - from > timeoutMs) throw new Error(`${what}: ${JSON.stringify(value)}`);
  }
}

const pid = Number(show('MainPID'));
const before = await status();
process.kill(pid, 'SIGUSR1');
const targets = await until(
  'the inspector',
  async () => (await fetch('http://127.0.0.1:9229/json')).json(),
  (list) => list[0]?.webSocketDebuggerUrl !== undefined,
  60_000,
);
const socket = new WebSocket(targets[0].webSocketDebuggerUrl);
await new Promise((resolve) => socket.addEventListener('open', resolve));
socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: 'for (;;);' } }));
await sleep(500);
socket.close();
const hungAtMs = Date.now();
const mirrored = [];
await until(
  'another process',
  () => {
    const seen = { atMs: Date.now(), ...readMirror('/run/segue/position') };
    const now = show('MainPID');
    if (now === String(pid)) mirrored.push(seen);
    return now;
  },
  (now) => now !== String(pid) && now !== '0',
  120_000,
);
const restartedAtMs = Date.now();
const after = await until(
  'it plays',
  status,
  ({ playing, current }) => playing && current?.positionMs > 0,
  300_000,
);
console.log(JSON.stringify({ before, hungAtMs, mirrored, restartedAtMs, after, seenAtMs: Date.now() }));
process.exit(0);
