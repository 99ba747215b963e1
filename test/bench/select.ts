// Bench: one selection over 1 k to 200 k synthetic passages in a database on disk, warm (the target stays) and aimed anew (the
// target changed); from a closed database to the first choice; and the memory of the catalogue. Targets: 1 / 2 / 10 / 40 ms
// a selection, 20 MB for the flavors of 50,000 passages.
import { openStore } from '../../daemon/adapters/store/open.ts';
import { createDirector } from '../../daemon/concepts/director/director.ts';
import { readFlavors } from '../../daemon/concepts/director/flavor-reading.ts';
import { loadCatalogue } from '../../daemon/concepts/director/load.ts';
import { DEFAULT_COOLDOWNS } from '../../daemon/policy/cooldown.ts';
import type { DirectorVocabulary } from '../../sync/vocabulary/director.ts';
import { temporaryFolder } from '../support/import-rig.ts';
import { handClock, recorder } from '../support/ports.ts';
import { addSyntheticLibrary, syntheticFlavor } from '../support/synthetic.ts';

const TARGET_MS = new Map([
  [1000, 1],
  [10_000, 2],
  [50_000, 10],
  [200_000, 40],
]);

async function run(args: string[]): Promise<void> {
  const sizes = args.length > 0 ? args.map(Number) : [...TARGET_MS.keys()];
  console.log(
    'passages  warm median   p99   new target median   p99   target   first choice   flavors   all arrays',
  );
  for (const size of sizes) measure(size);
}

function measure(size: number): void {
  const folder = temporaryFolder();
  const clock = handClock();
  const opened = () => {
    const store = openStore({ stateDir: folder.path, nowMs: clock.nowMs() });
    if ('error' in store) throw new Error(store.message);
    return store.db;
  };
  const filled = opened();
  addSyntheticLibrary(filled, size, clock.nowMs());
  filled.close();
  const coldStart = performance.now();
  const before = process.memoryUsage().arrayBuffers;
  const db = opened();
  let seed = 1;
  const director = createDirector({
    db,
    clock,
    emit: recorder<DirectorVocabulary>().emit,
    newSeed: () => seed++,
    relaxCooldowns: () => true,
    cooldownDefaults: () => DEFAULT_COOLDOWNS,
    overlapMs: () => 4000,
  });
  const select = (slot: number) => {
    const start = performance.now();
    const answer = director.actions.select({
      targetAtMs: clock.nowMs() + 900_000,
      queued: [1, 2, 3],
      targetName: 'slot',
      target: targets[slot % targets.length] ?? {},
      targetKind: 'timeslot',
      mustPlay: false,
    });
    if (!('selection' in answer)) throw new Error('nothing was chosen');
    return performance.now() - start;
  };
  const targets = Array.from({ length: 4 }, (_, n) => syntheticFlavor(1_000_000 + n));
  select(0);
  const coldMs = performance.now() - coldStart;
  const arrays = process.memoryUsage().arrayBuffers - before;
  const catalogue = loadCatalogue(db);
  readFlavors(db, catalogue).finish();
  for (let i = 0; i < 20; i += 1) select(i >> 2);
  const runs = size > 20_000 ? 200 : 500;
  const warm = Array.from({ length: runs }, () => select(0));
  const aimed = Array.from({ length: runs }, (_, i) => select(i));
  const columns = [
    String(size).padStart(8),
    `${ms(quantile(warm, 0.5))} ${ms(quantile(warm, 0.99))}`,
    `     ${ms(quantile(aimed, 0.5))} ${ms(quantile(aimed, 0.99))}`,
    `${String(TARGET_MS.get(size) ?? '-').padStart(5)} ms`,
    `${coldMs.toFixed(0).padStart(9)} ms`,
    `${(catalogue.flavors.bytes / 1e6).toFixed(1).padStart(6)} MB`,
    `${(arrays / 1e6).toFixed(1).padStart(9)} MB`,
  ];
  console.log(columns.join('  '));
  db.close();
  folder.remove();
}

function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

function ms(value: number): string {
  return `${value.toFixed(2).padStart(8)} ms`;
}

export const bench = {
  name: 'select',
  summary:
    'one selection over 1 k to 200 k passages, the first one after a start, and the memory of the catalogue',
  run,
};
