// `npm run bench -- NAME [args]`: runs one benchmark. Without a name: the list. Nothing here asserts a time.
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { keepAwake } from '../support/awake.ts';

export interface Bench {
  readonly name: string;
  readonly summary: string;
  /** How long somebody waits is measured: the processors of a virtual machine are kept awake. */
  readonly isOfWaiting?: true;
  run(args: string[]): Promise<void>;
}

const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -3));

const [name, ...args] = process.argv.slice(2);
if (!name || !names.includes(name)) {
  if (name) console.error(`There is no benchmark "${name}".`);
  console.error('Benchmarks (npm run bench -- NAME):');
  for (const known of names) {
    const { bench } = (await import(`./${known}.ts`)) as { bench: Bench };
    console.error(`  ${known.padEnd(16)}${bench.summary}`);
  }
  process.exit(2);
}
const { bench } = (await import(`./${name}.ts`)) as { bench: Bench };
console.log(`${bench.name}: ${bench.summary}`);
console.log(
  `on ${cpus()[0]?.model ?? 'unknown'} × ${cpus().length}, ${process.arch}, Node ${process.version}\n`,
);
if (bench.isOfWaiting) keepAwake();
await bench.run(args);
