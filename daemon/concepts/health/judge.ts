// What is healthy and what is not, in words with what to do. Pure.
import type { Check } from '../../../sync/vocabulary/health.ts';

/** What the machine says of itself; null where it cannot be asked. */
export interface SystemState {
  readonly diskFreeBytes: number | null;
  readonly memoryAvailableBytes: number | null;
  /** To the disk, by whomever, since the system started. */
  readonly written: { readonly bytes: number; readonly forS: number } | null;
}

export interface LibraryState {
  readonly passages: number;
  /** Passages whose file is there and sound. */
  readonly playable: number;
  /** Files, also those that never became a passage. */
  readonly broken: number;
  readonly missing: number;
  readonly lostFolders: readonly string[];
}

const MB = 1_000_000;
/** Room for the write-ahead log, a backup and a few weeks of history. */
export const LEAST_DISK_BYTES = 64 * MB;
/** Below this the kernel begins to take file pages away that playing needs. */
export const LEAST_MEMORY_BYTES = 24 * MB;

const DAY_S = 86_400;
/** What a start writes says nothing of a day. */
const LEAST_WRITTEN_S = 1800;

/** How fast a card is worn, in words. */
function wear({ written }: SystemState): string {
  if (written === null || written.forS < LEAST_WRITTEN_S) return '';
  const mb = (bytes: number) => Math.round(bytes / MB);
  const hours = Math.round(written.forS / 360) / 10;
  return ` In ${hours} h since the system started ${mb(written.bytes)} MB were written there: ${mb((written.bytes / written.forS) * DAY_S)} MB a day.`;
}

export function judgeDisk(state: SystemState): Check | null {
  const { diskFreeBytes: free } = state;
  if (free === null) return null;
  const mb = Math.floor(free / MB);
  return free >= LEAST_DISK_BYTES
    ? { name: 'disk', ok: true, message: `${mb} MB are free.${wear(state)}` }
    : {
        name: 'disk',
        ok: false,
        message: `Only ${mb} MB are free where Segue keeps its state. The music goes on, but soon nothing new can be kept: remove files there.`,
      };
}

export function judgeMemory({ memoryAvailableBytes: available }: SystemState): Check | null {
  if (available === null) return null;
  const mb = Math.floor(available / MB);
  return available >= LEAST_MEMORY_BYTES
    ? { name: 'memory', ok: true, message: `${mb} MB are available.` }
    : {
        name: 'memory',
        ok: false,
        message: `Only ${mb} MB of memory are available. Stop other programs on this machine, or restart it.`,
      };
}

export function judgeLibrary({ passages, playable, broken, missing, lostFolders }: LibraryState): Check {
  const details = { passages, broken, missing };
  const say = (ok: boolean, message: string): Check => ({ name: 'library', ok, message, details });
  if (lostFolders.length > 0) {
    return say(
      false,
      `The music folder ${lostFolders.join(', ')} is not there. Plug the disk in, or mount it again.`,
    );
  }
  if (passages === 0)
    return say(false, 'There is no music yet. Copy files into a music folder, or import one.');
  if (playable === 0) {
    return say(false, 'No file of the library can be played. Bring the music folder back, or import again.');
  }
  const faults = [
    ...(broken > 0
      ? [`${broken} ${broken === 1 ? 'file' : 'files'} cannot be played (see import failures)`]
      : []),
    ...(missing > 0 ? [`${missing} ${missing === 1 ? 'file is' : 'files are'} missing`] : []),
  ];
  return say(true, `${passages} passages${faults.length > 0 ? `; ${faults.join(', ')}` : ''}.`);
}
