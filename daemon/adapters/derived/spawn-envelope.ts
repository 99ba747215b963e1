// Starts an envelope worker for one file. Main thread; the decoding happens in the other process, so that a file that
// crashes or hangs what reads it ends nothing but its own picture.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EnvelopeAnswer, EnvelopeOrder } from '../../import/envelope-worker.ts';
import type { Job } from './turns.ts';

export function spawnEnvelopeWorker(order: EnvelopeOrder): Job<EnvelopeAnswer> {
  const isSource = import.meta.url.endsWith('.ts');
  const url = new URL(`../../import/envelope-worker.${isSource ? 'ts' : 'js'}`, import.meta.url);
  const child = fork(fileURLToPath(url), [], {
    execArgv: [...(isSource ? ['--import', 'tsx'] : []), '--max-old-space-size=64'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const answer = new Promise<EnvelopeAnswer | null>((resolve) => {
    child.once('message', (message) => resolve(message as EnvelopeAnswer));
    child.on('error', () => resolve(null));
    child.on('exit', () => {
      // The last message may still be in the channel.
      if (child.connected) child.once('disconnect', () => resolve(null));
      else resolve(null);
    });
  });
  child.send(order, () => {});
  return { answer, kill: () => void child.kill('SIGKILL') };
}
