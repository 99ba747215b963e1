// What the kernel notices in the directories of one music folder, as inotify tells it. Main thread; asked, it answers at once.
import { closeSync } from 'node:fs';
import { loadAddon } from '../audio/addon.ts';
import type { Notices } from './adapters/import/folder-watch.ts';

interface Addon {
  openNotices(): number;
  /** 0, or the number of the error. */
  addNotice(descriptor: number, directory: string): number;
  takeNotices(descriptor: number): boolean;
}

/** "No space": fs.inotify.max_user_watches is reached. */
const ENOSPC = 28;

/** Null where the kernel has none of it to give. */
export function openNotices(): Notices | null {
  const addon = loadAddon() as unknown as Addon;
  let descriptor: number;
  try {
    descriptor = addon.openNotices();
  } catch {
    return null;
  }
  return {
    // A directory that has vanished meanwhile says so where it lay.
    add: (directory) => addon.addNotice(descriptor, directory) !== ENOSPC,
    take: () => addon.takeNotices(descriptor),
    close: () => closeSync(descriptor),
  };
}
