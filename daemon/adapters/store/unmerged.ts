// The file of what persons made and is not in the database yet: written before a backup takes the place of a damaged
// database, emptied into the new one, and again as files become known that it speaks of. Main thread; a power cut at any
// moment costs nothing, because what is merged twice is merged once.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Db } from '../../ports.ts';
import { syncFile } from './backup.ts';
import { type Line, mergeAll, mergeMore } from './merge.ts';

const HEAD = 'segue-left';

export function unmergedFile(stateDir: string): string {
  return join(stateDir, 'backups', 'unmerged.jsonl');
}

/** How many lines wait for their files. */
export function countUnmerged(file: string): number {
  return existsSync(file) ? linesOf(file).length - 1 : 0;
}

/** `text`: lines of JSON, as exported. */
export function keepUnmerged(file: string, text: string): void {
  const temporary = `${file}.part`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(temporary, text, { mode: 0o600 });
  syncFile(temporary);
  renameSync(temporary, file);
  syncFile(dirname(file));
}

/** Merges what can be; what cannot stays in the file, which changes when `afterCommit` runs what it is given. Throws, and
 *  changes nothing, where a line is not as an export has it. */
export function mergeUnmerged(
  db: Db,
  file: string,
  nowMs: number,
  afterCommit: (run: () => void) => void = (run) => run(),
): { readonly merged: number; readonly left: number } {
  if (!existsSync(file)) return { merged: 0, left: 0 };
  const lines = linesOf(file);
  const merge = lines[0]?.kind === HEAD ? mergeMore : mergeAll;
  const { merged, left } = db.transaction(() => merge(db, lines, nowMs))();
  afterCommit(() => {
    if (left.length === 0) rmSync(file, { force: true });
    else if (merged > 0 || merge === mergeAll)
      keepUnmerged(file, [{ kind: HEAD }, ...left].map((line) => `${JSON.stringify(line)}\n`).join(''));
  });
  return { merged, left: left.length };
}

function linesOf(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}
