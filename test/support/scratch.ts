// A folder of a test's own, removed when the test file is done.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

export function scratchFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `segue-${name}-`));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
