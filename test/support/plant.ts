// Builds the library of planted faults (plant.c), and plants them beside audio files.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('./plant.c', import.meta.url));

/** What a process needs in its environment for planted faults to grow. */
export function plantingEnvironment(folder: string): { LD_PRELOAD: string } {
  const library = join(folder, 'plant.so');
  const built = spawnSync('gcc', ['-shared', '-fPIC', '-O1', '-Wall', '-o', library, SOURCE, '-ldl'], {
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(`plant.c cannot be built: ${built.stderr ?? built.error}`);
  return { LD_PRELOAD: library };
}

/** Reading this FLAC file crashes, or hangs, at a byte from now on; -1: opening it does. */
export function plant(kind: 'crash' | 'hang', path: string, atByte = -1): void {
  writeFileSync(`${path}.${kind}`, String(atByte));
}

export function uproot(path: string): void {
  for (const kind of ['crash', 'hang']) rmSync(`${path}.${kind}`, { force: true });
}
