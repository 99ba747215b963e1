// The memory of every process of a guest, at one moment or as it usually is.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guest } from './guest.ts';

/** In MiB. */
export type Sizes = Readonly<Partial<Record<'Pss' | 'Rss' | 'Anonymous', number>>>;

const LOOKS = 5;
const LOOK_EVERY_MS = 6000;

/** The middle one of some looks, by what the daemon has of its own: a crossfade takes a third ring for as long as it lasts. */
export async function usualMemory(guest: Guest): Promise<Awaited<ReturnType<typeof guestMemory>>> {
  const looks: Awaited<ReturnType<typeof guestMemory>>[] = [];
  const own = ({ daemon }: (typeof looks)[number]) => daemon?.Anonymous ?? Number.POSITIVE_INFINITY;
  for (let look = 0; look < LOOKS; look++) {
    if (look > 0) await sleep(LOOK_EVERY_MS);
    looks.push(await guestMemory(guest));
  }
  looks.sort((a, b) => own(a) - own(b));
  console.log(
    `  anonymous memory of the daemon, each look: ${looks.map((each) => own(each).toFixed(1)).join(', ')} MiB`,
  );
  return looks[Math.floor(LOOKS / 2)] as (typeof looks)[number];
}

/** `used`: by everything, as free(1) says it; `table`: a line for each process, the largest first. */
export async function guestMemory(
  guest: Guest,
): Promise<{ used: number; daemon: Sizes | undefined; table: string }> {
  const { out: told } = await guest.ssh(
    "sudo grep -HE '^(Rss|Pss|Anonymous):' /proc/[0-9]*/smaps_rollup 2>/dev/null; ps -eo pid=,args= | sed 's/^ */ps /'; free -m | sed -n 2p",
  );
  const rows = new Map<string, { args: string; sizes: Record<string, number> }>();
  const row = (pid: string) => {
    const found = rows.get(pid) ?? { args: '', sizes: {} };
    rows.set(pid, found);
    return found;
  };
  for (const line of told.split('\n')) {
    const size = /^\/proc\/(\d+)\/smaps_rollup:(\w+): +(\d+) kB/.exec(line);
    if (size) row(size[1] as string).sizes[size[2] as string] = Number(size[3]) / 1024;
    const process = /^ps (\d+) (.*)/.exec(line);
    if (process) row(process[1] as string).args = process[2] as string;
  }
  const known = [...rows.values()].filter(({ sizes }) => sizes.Rss !== undefined);
  const table = known
    .sort((a, b) => (b.sizes.Pss ?? 0) - (a.sizes.Pss ?? 0))
    .map(
      ({ args, sizes }) =>
        `  ${['Pss', 'Rss', 'Anonymous'].map((kind) => `${kind} ${(sizes[kind] ?? 0).toFixed(1)}`).join('  ')} MiB  ${args.slice(0, 80)}`,
    )
    .join('\n');
  const used = Number(told.split('\n').at(-1)?.trim().split(/ +/)[2]);
  assert.ok(used > 0, told.slice(-200));
  return { used, daemon: known.find(({ args }) => args.includes('daemon/main.js'))?.sizes, table };
}
