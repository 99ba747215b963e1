// Decoding and resampling speed; measured by what an installed Segue has, too (segue bench decode).
import { BENCHES } from '../../daemon/bench/index.ts';

const [decode] = BENCHES.filter(({ name }) => name === 'decode');
if (decode === undefined) throw new Error('daemon/bench has no "decode".');
export const bench = {
  name: decode.name,
  summary: decode.summary,
  run: (args: string[]) => decode.run(args, console.log),
};
