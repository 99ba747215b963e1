// The cost of rendering; measured by what an installed Segue has, too (segue bench render).
import { BENCHES } from '../../daemon/bench/index.ts';

const [render] = BENCHES.filter(({ name }) => name === 'render');
if (render === undefined) throw new Error('daemon/bench has no "render".');
export const bench = {
  name: render.name,
  summary: render.summary,
  run: (args: string[]) => render.run(args, console.log),
};
