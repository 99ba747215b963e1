// Import worker: the child process that scans, reads and measures music. Forked by the daemon with an IPC channel;
// descriptor 4 carries the trail (the file at work, one line each), written before each file so that it survives a
// crash, and 5 its pulse, so that a long file can be told from one that hangs. It never opens the database, and ends when the daemon does.
import { writeSync } from 'node:fs';
import { mediaTools } from '../../audio/addon.ts';
import type { FromWorker, KnownFile, ToWorker } from '../concepts/import/worker-port.ts';
import { composeDemoLibrary } from '../demo/compose.ts';
import { createOutbox } from './outbox.ts';
import { stepBack } from './priority.ts';
import { createFileReader } from './read-file.ts';
import { runJob } from './run-job.ts';
import { createSteps } from './steps.ts';

const TRAIL_FD = 4;
const PULSE_FD = 5;
const PULSE_MS = 1000;

/** The channel is closed when the last word has left. */
const send = (message: FromWorker) => {
  process.send?.(message, () => {
    if (message.type === 'done') process.disconnect();
  });
};
const outbox = createOutbox(send);
const steps = createSteps({
  clock: { monotonicMs: () => performance.now() },
  timers: {
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  },
});
const known = new Map<number, Map<string, KnownFile>>();

async function begin(message: ToWorker & { type: 'begin' }): Promise<void> {
  const media = mediaTools();
  media.pulse(PULSE_FD, PULSE_MS);
  await runJob(
    { folders: message.folders, roots: message.roots, known },
    {
      media,
      outbox,
      send,
      steps,
      read: createFileReader(media, message.artDir, steps),
      trail: (file) => writeSync(TRAIL_FD, `${JSON.stringify(file)}\n`),
      nowMs: Date.now,
      compose: (dir, onPiece) => composeDemoLibrary({ dir, media, onPiece }).then(() => {}),
    },
  );
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToWorker) => {
  if (message.type === 'known') {
    const files = known.get(message.folder) ?? new Map<string, KnownFile>();
    for (const file of message.files) files.set(file.path, file);
    known.set(message.folder, files);
  } else if (message.type === 'ack') outbox.acknowledged(message.rows);
  else
    begin(message).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
});
stepBack();
