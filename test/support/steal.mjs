// How much of its processors a virtual machine's host gave to others: the worst second since it was asked last. What waits
// for the clock proves little while they are gone. On real hardware it is always 0.
import { readFileSync } from 'node:fs';

/** user, nice, system, idle, iowait, irq, softirq, steal: in ticks, of all processors together. */
function ticks(path) {
  try {
    const [, ...numbers] = readFileSync(path, 'utf8').split('\n', 1)[0].trim().split(/\s+/);
    return numbers.slice(0, 8).map(Number);
  } catch {
    return [0];
  }
}

export function watchSteal(path = '/proc/stat', everyMs = 1000) {
  let before = ticks(path);
  let worst = 0;
  function look() {
    const now = ticks(path);
    const total = now.reduce((sum, each, i) => sum + each - (before[i] ?? 0), 0);
    if (total > 0) worst = Math.max(worst, ((now[7] ?? 0) - (before[7] ?? 0)) / total);
    before = now;
  }
  setInterval(look, everyMs).unref();
  return {
    /** 0 to 1; it begins anew. */
    worst() {
      look();
      const share = worst;
      worst = 0;
      return share;
    },
  };
}
