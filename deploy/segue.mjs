#!/usr/bin/env node
// The segue command in a checkout and in a package: runs what was built, and says what to do when nothing was.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/daemon/cli/main.js', import.meta.url);
if (existsSync(fileURLToPath(main))) await import(main.href);
else {
  console.error('Segue is not built yet. Run "npm run build" first.');
  process.exitCode = 1;
}
