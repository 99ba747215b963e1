// READY and STATUS, to a real datagram socket and to none.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createNotify } from '../../../daemon/adapters/notify/notify.ts';

const RECEIVER = fileURLToPath(new URL('../../support/notify-receiver.py', import.meta.url));

function quietLog() {
  const warned: string[] = [];
  const log = { debug() {}, info() {}, error() {}, warn: (message: string) => void warned.push(message) };
  return { log, warned };
}

describe('notify', () => {
  it('reaches systemd with READY and STATUS', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'segue-notify-'));
    const path = join(folder, 'notify.sock');
    const receiver = spawn('python3', [RECEIVER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines: string[] = [];
    const wanted: { text: string; resolve: () => void }[] = [];
    createInterface(receiver.stdout).on('line', (line) => {
      lines.push(JSON.parse(line));
      for (const each of wanted) if (lines.some((got) => got.includes(each.text))) each.resolve();
    });
    const heard = (text: string) =>
      new Promise<void>((resolve) => {
        if (lines.some((got) => got.includes(text))) resolve();
        else wanted.push({ text, resolve });
      });
    await heard('listening');

    const { log, warned } = quietLog();
    // The package's child takes its environment from ours.
    process.env.NOTIFY_SOCKET = path;
    const notify = createNotify({ log });
    await notify.ready('Playing Harbour Lights');
    await heard('READY=1');
    await heard('STATUS=Playing Harbour Lights');
    await notify.status('Two lines\nSTOPPING=1');
    await heard('STATUS=Two lines STOPPING=1');
    delete process.env.NOTIFY_SOCKET;
    assert.deepEqual(warned, []);
    assert.ok(!lines.some((line) => /^STOPPING/m.test(line)));
    receiver.kill();
    await once(receiver, 'exit');
    rmSync(folder, { recursive: true });
  });

  it('is silent where nobody listens, and sends nothing twice', async () => {
    const sent: object[] = [];
    const { log, warned } = quietLog();
    const send = async (options: object) => void sent.push(options);
    await createNotify({ log, env: {}, send }).ready('x');
    assert.deepEqual(sent, []);
    const notify = createNotify({ log, env: { NOTIFY_SOCKET: '/x' }, send });
    await notify.status('same');
    await notify.status('same');
    assert.equal(sent.length, 1);
    assert.deepEqual(warned, []);
  });

  it('never throws, and complains once', async () => {
    const { log, warned } = quietLog();
    const send = () => Promise.reject(new Error('no such program'));
    const notify = createNotify({ log, env: { NOTIFY_SOCKET: '/x' }, send });
    await notify.ready('a');
    await notify.status('b');
    assert.deepEqual(warned, ['systemd could not be told']);
  });
});
