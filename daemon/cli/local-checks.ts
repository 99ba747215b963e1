// The checks of "segue doctor" that need no daemon. Each gives one sentence, with what to do when it is wrong.
import { execFile } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { loadAddon } from '../../audio/addon.ts';
import { placesOf } from '../places.ts';
import type { Check } from './answers.ts';

const OLDEST_NODE = [20, 19] as const;
/** Enough for the database, its log and a backup of a large library. */
const LEAST_FREE_BYTES = 200 * 1024 * 1024;

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const ok = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const wanted = OLDEST_NODE.join('.');
  return {
    name: 'node',
    ok,
    message: ok ? `Node ${version}.` : `Node ${version} is too old: install ${wanted} or newer.`,
  };
}

export function checkAddon(load: () => unknown = loadAddon): Check {
  try {
    load();
    return { name: 'addon', ok: true, message: 'The audio core loads.' };
  } catch (error) {
    const message = `The audio core does not load: ${(error as Error).message}`;
    return { name: 'addon', ok: false, message };
  }
}

export function checkDatabase(stateDirectory: string): Check {
  const { database: path } = placesOf(stateDirectory, {});
  const result = (ok: boolean, message: string): Check => ({ name: 'database', ok, message });
  if (!existsSync(path))
    return result(false, `There is no ${path}: start Segue once, or name its state directory with --state.`);
  try {
    const database = new Database(path, { readonly: true, fileMustExist: true });
    try {
      const answer = database.pragma('quick_check(1)', { simple: true });
      return answer === 'ok'
        ? result(true, `${path} is whole.`)
        : result(
            false,
            `${path} is damaged (${answer}): stop Segue and start it again; it restores a backup.`,
          );
    } finally {
      database.close();
    }
  } catch (error) {
    return result(false, `${path} cannot be read: ${(error as Error).message}.`);
  }
}

export function checkDisk(stateDirectory: string): Check {
  try {
    // Where it is not there yet, it will be made on the disk of the nearest folder above it.
    let folder = stateDirectory;
    while (!existsSync(folder)) folder = dirname(folder);
    const { bavail, bsize } = statfsSync(folder);
    const free = bavail * bsize;
    const ok = free >= LEAST_FREE_BYTES;
    const mib = Math.floor(free / 1024 / 1024);
    return {
      name: 'disk',
      ok,
      message: ok
        ? `${mib} MiB are free for ${stateDirectory}.`
        : `Only ${mib} MiB are free for ${stateDirectory}: make room.`,
    };
  } catch (error) {
    return { name: 'disk', ok: false, message: `${stateDirectory}: ${(error as Error).message}.` };
  }
}

/** In a process of its own: it installs a signal handler, and loading it may crash. Not having it is no fault,
 *  since the core lists devices by itself then. */
export async function checkNaudiodon(): Promise<Check> {
  const name = 'naudiodon';
  let path: string;
  try {
    path = createRequire(import.meta.url).resolve('naudiodon');
  } catch {
    return { name, ok: true, message: 'Not installed; the core lists the sound devices itself.' };
  }
  try {
    const program = `process.stdout.write(String(require(${JSON.stringify(path)}).getDevices().length))`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], {
      timeout: 30_000,
      cwd: '/tmp',
    });
    return { name, ok: true, message: `It loads and sees ${stdout.trim()} devices.` };
  } catch {
    return { name, ok: true, message: 'It does not load here; the core lists the sound devices itself.' };
  }
}
