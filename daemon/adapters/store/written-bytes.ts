// Bytes written: what this thread has handed to the kernel, and a sum of the last hour. Main thread.
import { openSync, readSync } from 'node:fs';

/** Kept open: opening it takes longer than writing down a flow. Each thread has its own of this module. */
let file: number | null = null;
const text = Buffer.alloc(512);

/** Of the calling thread since it began; null where the kernel does not tell. */
export function threadWrittenBytes(): number | null {
  try {
    file ??= openSync('/proc/thread-self/io', 'r');
    const length = readSync(file, text, 0, text.length, 0);
    const bytes = /^wchar: (\d+)$/m.exec(text.toString('latin1', 0, length))?.[1];
    return bytes === undefined ? null : Number(bytes);
  } catch {
    return null;
  }
}

const MINUTES = 60;
const MINUTE_MS = 60_000;

/** A sum over the last hour, to the minute. */
export class HourSum {
  readonly #minutes = new Float64Array(MINUTES);
  #minute: number;

  constructor(nowMs: number) {
    this.#minute = Math.floor(nowMs / MINUTE_MS);
  }

  add(value: number, nowMs: number): void {
    this.#moveTo(nowMs);
    const at = this.#minute % MINUTES;
    this.#minutes[at] = (this.#minutes[at] as number) + value;
  }

  read(nowMs: number): number {
    this.#moveTo(nowMs);
    return this.#minutes.reduce((sum, value) => sum + value, 0);
  }

  #moveTo(nowMs: number): void {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute - this.#minute >= MINUTES) this.#minutes.fill(0);
    else for (let m = this.#minute + 1; m <= minute; m++) this.#minutes[m % MINUTES] = 0;
    this.#minute = Math.max(this.#minute, minute);
  }
}
