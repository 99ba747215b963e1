// What systemd is told, over a real datagram socket and over none.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tellService } from '../../../audio/addon.ts';
import { createNotify } from '../../../daemon/adapters/notify/notify.ts';

const RECEIVER = fileURLToPath(new URL('../../support/notify-receiver.py', import.meta.url));

function quietLog() {
  const warned: string[] = [];
  const log = { debug() {}, info() {}, error() {}, warn: (message: string) => void warned.push(message) };
  return { log, warned };
}

/** A socket that hears what systemd would hear. */
async function receiverAt(path: string, t: TestContext) {
  const receiver = spawn('python3', [RECEIVER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const wanted: { text: string; resolve: () => void }[] = [];
  const isHeard = (text: string) => lines.some((message) => message.split('\n').includes(text));
  createInterface(receiver.stdout).on('line', (line) => {
    lines.push(JSON.parse(line));
    for (const each of wanted) if (isHeard(each.text)) each.resolve();
  });
  const heard = (text: string) =>
    new Promise<void>((resolve) => {
      if (isHeard(text)) resolve();
      else wanted.push({ text, resolve });
    });
  const end = async () => {
    if (receiver.exitCode !== null || receiver.signalCode !== null) return;
    receiver.kill();
    await once(receiver, 'exit');
  };
  t.after(end);
  await heard('listening');
  return { lines, heard, end };
}

describe('notify', () => {
  it('reaches systemd with all it says', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'segue-notify-'));
    const path = join(folder, 'notify.sock');
    const { lines, heard } = await receiverAt(path, t);
    const { log, warned } = quietLog();
    // The package's child takes its environment from ours.
    process.env.NOTIFY_SOCKET = path;
    const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: '30000000', WATCHDOG_PID: String(process.pid) };
    const notify = createNotify({ log, env, tell: tellService });
    await notify.ready('Playing Harbour Lights');
    await heard('READY=1');
    await heard('STATUS=Playing Harbour Lights');
    notify.status('Two lines\nSTOPPING=1');
    await heard('STATUS=Two lines STOPPING=1');
    assert.ok(!lines.some((line) => /^STOPPING/m.test(line)));
    assert.equal(notify.aliveEveryMs, 10_000);
    notify.alive();
    await heard('WATCHDOG=1');
    notify.patience(60_000);
    notify.watched();
    await heard('WATCHDOG_USEC=30000000');
    notify.stopping();
    await heard('STOPPING=1');
    assert.deepEqual(lines.slice(-6), [
      'WATCHDOG=1',
      'EXTEND_TIMEOUT_USEC=60000000',
      'WATCHDOG_USEC=60000000',
      'WATCHDOG_USEC=30000000',
      'WATCHDOG=1',
      'STOPPING=1',
    ]);
    delete process.env.NOTIFY_SOCKET;
    assert.deepEqual(warned, []);
    rmSync(folder, { recursive: true });
  });

  it('finds a socket without a file', async (t) => {
    const name = `segue-test-${process.pid}`;
    const { heard, end } = await receiverAt(`@${name}`, t);
    assert.equal(tellService(`@${name}`, 'STATUS=abstract'), 0);
    await heard('STATUS=abstract');
    await end();
    assert.notEqual(tellService(`@${name}`, 'x'), 0);
    assert.notEqual(tellService('/nowhere/at/all', 'x'), 0);
    assert.notEqual(tellService(`/${'long'.repeat(100)}`, 'x'), 0);
  });

  it('is silent where nobody listens, and sends nothing twice', async () => {
    const sent: unknown[] = [];
    const { log, warned } = quietLog();
    const send = async (options: object) => void sent.push(options);
    const tell = (_socket: string, message: string) => {
      sent.push(message);
      return 0;
    };
    const nobody = createNotify({ log, env: {}, send, tell });
    await nobody.ready('x');
    nobody.status('x');
    nobody.stopping();
    nobody.alive();
    assert.equal(nobody.aliveEveryMs, null);
    assert.deepEqual(sent, []);
    const other = { NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '3000000', WATCHDOG_PID: '1' };
    const notify = createNotify({ log, env: other, pid: 2, send, tell });
    assert.equal(notify.aliveEveryMs, null, 'another process is meant');
    notify.status('same');
    notify.status('same');
    assert.deepEqual(sent, ['STATUS=same']);
    assert.deepEqual(warned, []);
  });

  it('what is said while the program starts is what stays', async () => {
    const { log } = quietLog();
    const heard: string[] = [];
    let started = () => {};
    const send = ({ status }: { status?: string }) =>
      new Promise<void>((resolve) => {
        started = () => {
          heard.push(`STATUS=${status}`);
          resolve();
        };
      });
    const tell = (_socket: string, message: string) => heard.push(message) * 0;
    const notify = createNotify({ log, env: { NOTIFY_SOCKET: '/x' }, send, tell });
    const ready = notify.ready('Nothing plays.');
    notify.status('Plays One.');
    started();
    await ready;
    assert.equal(heard.at(-1), 'STATUS=Plays One.');
  });

  it('never throws, and complains once', async () => {
    const { log, warned } = quietLog();
    const send = () => Promise.reject(new Error('no such program'));
    const notify = createNotify({ log, env: { NOTIFY_SOCKET: '/x' }, send, tell: () => 2 });
    await notify.ready('a');
    notify.status('b');
    assert.deepEqual(warned, ['systemd could not be told']);
  });
});
