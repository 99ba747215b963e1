// Safe mode: a start without the owner's rules and scripts, after crashes in quick succession or because somebody asked for it.
// Keeps count of the crashes in the runtime directory: a start that finds the last one not ended in order is one more. Main thread,
// at start and at stop; a count that cannot be kept is no reason not to play.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { Config } from './config.ts';

export const MOST_CRASHES = 3;
export const WITHIN_S = 600;

export const SAFE_MODE_ENDS = "The owner's rules and scripts are read again.";

/** What the last start left. */
export interface Count {
  /** The run of the machine: a machine that lost its power is no crash of ours. */
  readonly machine: string;
  /** When each crash was noticed, in seconds since the machine started (CLOCK_BOOTTIME). */
  readonly crashesAtS: readonly number[];
}

/** The count of this start, of what the one before left: null after an orderly stop, or where nothing is known. */
export function countStart(left: Count | null, machine: string, nowS: number): Count {
  if (left === null || left.machine !== machine) return { machine, crashesAtS: [] };
  const recent = left.crashesAtS.filter((atS) => nowS - atS < WITHIN_S);
  return { machine, crashesAtS: [...recent, nowS].slice(-MOST_CRASHES) };
}

/** Null: the owner's rules and scripts are read. Else why not, with what to do. */
export function whySafe(asked: Config['safeMode'], { crashesAtS }: Count): string | null {
  const left = "so the owner's rules and scripts are left out";
  const end = 'Then restart it, or have them read again: systemctl reload segue (SIGHUP).';
  if (asked === 'on') return `Safe mode was asked for, ${left}.`;
  if (asked === 'off' || crashesAtS.length < MOST_CRASHES) return null;
  return `Segue crashed ${MOST_CRASHES} times within ten minutes, ${left}. See in the log why, and mend or take away what is at fault. ${end}`;
}

export interface Starts {
  /** This start, of this process: asked again it answers the same. */
  begin(asked: Config['safeMode']): string | null;
  /** An orderly stop: whatever was counted is forgotten. */
  end(): void;
}

export function countStarts(file: string, machine = machineRun(), nowS: () => number = uptime): Starts {
  let count: Count | null = null;
  return {
    begin(asked) {
      if (count === null) {
        count = countStart(read(file), machine, nowS());
        write(file, count);
      }
      return whySafe(asked, count);
    },
    end: () => rmSync(file, { force: true }),
  };
}

function machineRun(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function read(file: string): Count | null {
  try {
    const { machine, crashesAtS } = JSON.parse(readFileSync(file, 'utf8')) as Count;
    return { machine, crashesAtS: crashesAtS.filter(Number.isFinite) };
  } catch {
    // None, or torn by the very crash that it would tell of.
    return null;
  }
}

function write(file: string, count: Count): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(count));
    renameSync(`${file}.new`, file);
  } catch {
    // The disk is full, say: without a count it is never safe mode.
  }
}
