// The benchmarks that an installed Segue can run by itself: segue bench NAME. Prints; nothing here passes or fails.
import { table } from '../cli/words.ts';
import { measureDecode } from './decode.ts';
import { measureRender } from './render.ts';

export interface Bench {
  readonly name: string;
  readonly summary: string;
  run(args: readonly string[], out: (line: string) => void): Promise<void>;
}

const percent = (share: number) => `${(100 * share).toFixed(3)} %`;
const whole = (value: number) => value.toFixed(0);

const render: Bench = {
  name: 'render',
  summary:
    'the callback alone: nothing, one voice, two crossfading, of one core (target: two <= 1 %) ([rounds])',
  async run([rounds = '15'], out) {
    const costs = await measureRender(Number(rounds));
    const rows = costs.map(({ what, best, median, worstCallbackUs, periodUs }) => [
      what,
      percent(best),
      percent(median),
      `${worstCallbackUs} of ${periodUs}`,
    ]);
    out(`${rounds} rounds of 7 s at 44.1 kHz, in periods of 512 frames`);
    for (const line of table([['', 'best', 'median', 'worst callback, µs'], ...rows])) out(line);
  },
};

const decode: Bench = {
  name: 'decode',
  summary:
    'decode + resample to 44.1 and 48 kHz, measure and seek, x real time (target: >= 200) ([seconds] [rounds])',
  async run([seconds = '120', rounds = '3'], out) {
    out(`${seconds} s of music a file, median of ${rounds}; x real time of CPU seconds, one thread`);
    const head = ['codec', 'rate', 'own rate', 'to 44.1', 'to 48', 'measure', 'seek ms', 'worst'];
    const rows: string[][] = [];
    for (const each of measureDecode(Number(seconds), Number(rounds)))
      rows.push([
        each.codec,
        String(each.rateHz),
        whole(each.own),
        whole(each.to44100),
        whole(each.to48000),
        whole(each.measure),
        each.seekMs.toFixed(1),
        each.worstSeekMs.toFixed(1),
      ]);
    for (const line of table([head, ...rows])) out(line);
  },
};

export const BENCHES: readonly Bench[] = [render, decode];
