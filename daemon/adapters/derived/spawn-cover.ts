// Starts native/cover's program for one picture. Main thread; the program gets the open file, and nothing else of ours: it
// bounds its own memory and time, so that a hostile picture ends nothing but itself.
import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import type { CoverAnswer, CoverOrder } from './covers.ts';
import type { Job } from './turns.ts';

/** Far more than a JPEG of the largest size has. */
const MOST_BYTES = 8 * 1024 * 1024;

/** `program`: where it was built. */
export function coverSpawner(program: string): (order: CoverOrder) => Job<CoverAnswer> {
  return ({ path, size, keepBytes }) => {
    let child: ChildProcess | null = null;
    let isKilled = false;
    const begin = async () => {
      const file = await open(path).catch(() => null);
      if (file === null) return null;
      try {
        if (isKilled) return null;
        child = spawn(program, [String(size), String(keepBytes)], {
          stdio: [file.fd, 'pipe', 'ignore'],
          env: {},
        });
        // The answer is waited for without the file: the program has its own by now.
        return { answer: outcomeOf(child) };
      } finally {
        await file.close();
      }
    };
    return {
      answer: begin().then((begun) => begun?.answer ?? null),
      kill() {
        isKilled = true;
        child?.kill('SIGKILL');
      },
    };
  };
}

function outcomeOf(child: ChildProcess): Promise<CoverAnswer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) child.kill('SIGKILL');
    else chunks.push(chunk);
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve(null));
    // 'close' comes when its output was read to the end.
    child.on('close', (code) => {
      if (code === 0) resolve({ jpeg: Buffer.concat(chunks) });
      else if (code === 3) resolve('fits');
      else resolve(code === 4 ? 'refused' : null);
    });
  });
}
