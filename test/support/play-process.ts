// Plays a list of plans through the sound device in a process of its own (play-plans.ts), so that it can be blocked.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { PlayList, PlayResult } from './play-plans.ts';

/** `file` takes the list. Resolves when all is played; rejects with what the player said when it failed. */
export function playThrough(
  list: PlayList,
  file: string,
  environment: NodeJS.ProcessEnv,
): Promise<PlayResult> {
  writeFileSync(file, JSON.stringify(list));
  const player = spawn(process.execPath, ['--import', 'tsx', 'test/support/play-plans.ts', file], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  player.stdout.on('data', (chunk) => {
    output += chunk;
  });
  player.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return new Promise((resolve, reject) => {
    player.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output.trim().split('\n').at(-1) ?? '') as PlayResult);
      else reject(new Error(`The player ended with ${code}: ${errors}`));
    });
  });
}
