// `npm run bench -- dispatch [--connections 100] [--rounds 7] [--seconds 2]`: what a request costs by Segue's HTTP adapter,
// by a route of its own and by one of a script in Lua, beside bare node:http and koa. Every server is a process of its
// own, started once; they are loaded in turn, round after round, with the same requests and the same answers. Processor
// time is the server's alone.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { DISPATCH_SIDES, type DispatchSide, pathsOf } from './support/dispatch-server.ts';
import { createLoader, type Loader } from './support/http-load.ts';
import { quantile, table } from './support/table.ts';

type Kind = 'get' | 'post';
const TITLES: Readonly<Record<Kind, string>> = {
  get: 'GET, answered from memory',
  post: 'POST with JSON, in Segue validated and an action of the engine',
};

function requestOf(kind: Kind, side: DispatchSide): string {
  const path = pathsOf(side)[kind];
  if (kind === 'get') return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  const head = [`POST ${path} HTTP/1.1`, 'Host: localhost', 'Content-Type: application/json'];
  return [...head, 'Content-Length: 14', '', '{"volume":0.5}'].join('\r\n');
}

interface Side {
  readonly name: DispatchSide;
  readonly child: ChildProcess;
  readonly load: Loader;
}

async function start(name: DispatchSide, connections: number): Promise<Side> {
  const path = fileURLToPath(new URL('./support/dispatch-server.ts', import.meta.url));
  const child = fork(path, [name], { execArgv: ['--import', 'tsx'] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { name, child, load: createLoader(port, connections) };
}

async function cpuUs({ child }: Side): Promise<number> {
  child.send('cpu');
  const [answer] = (await once(child, 'message')) as [{ cpuUs: number }];
  return answer.cpuUs;
}

function numberOf(args: readonly string[], name: string, initial: number): number {
  const at = args.indexOf(name);
  return at < 0 ? initial : Number(args[at + 1]);
}

interface Sample {
  readonly perSecond: number[];
  readonly cpuUsEach: number[];
  readonly p99Ms: number[];
}

async function measure(sides: readonly Side[], kind: Kind, rounds: number, seconds: number) {
  const samples = new Map<string, Sample>(
    sides.map(({ name }) => [name, { perSecond: [], cpuUsEach: [], p99Ms: [] }]),
  );
  for (let round = -1; round < rounds; round++) {
    // Each is first once: what is warm or throttled is so for all.
    const order = sides.map((_, i) => sides[(i + round + sides.length) % sides.length] as Side);
    for (const side of order) {
      await side.load.open();
      const beforeUs = await cpuUs(side);
      const load = await side.load.run(requestOf(kind, side.name), seconds);
      const spentUs = (await cpuUs(side)) - beforeUs;
      side.load.close();
      if (round < 0) continue;
      const sample = samples.get(side.name) as Sample;
      sample.perSecond.push(load.requests / load.seconds);
      sample.cpuUsEach.push(spentUs / load.requests);
      sample.p99Ms.push(quantile(load.latencyMs, 0.99));
    }
  }
  return samples;
}

export const bench = {
  name: 'dispatch',
  summary:
    "a request by a route of Segue's and of a script beside node:http and koa: requests/s, CPU per request",
  async run(args: string[]): Promise<void> {
    const connections = numberOf(args, '--connections', 100);
    const rounds = numberOf(args, '--rounds', 7);
    const seconds = numberOf(args, '--seconds', 2);
    const sides = await Promise.all(DISPATCH_SIDES.map((name) => start(name, connections)));
    try {
      for (const kind of ['get', 'post'] as const) {
        const samples = await measure(sides, kind, rounds, seconds);
        const median = (name: string, of: keyof Sample) => quantile(samples.get(name)?.[of] ?? [], 0.5);
        const times = (name: string, beside: string) =>
          (median(name, 'cpuUsEach') / median(beside, 'cpuUsEach')).toFixed(2);
        console.log(
          `${TITLES[kind]}; ${connections} connections, medians of ${rounds} rounds of ${seconds} s`,
        );
        table(
          ['', 'requests/s', 'CPU µs each', '× node:http', '× koa', 'p99 ms'],
          sides.map(({ name }) => [
            name,
            median(name, 'perSecond').toFixed(0),
            median(name, 'cpuUsEach').toFixed(1),
            times(name, 'node:http'),
            times(name, 'koa'),
            median(name, 'p99Ms').toFixed(1),
          ]),
        );
        console.log('');
      }
    } finally {
      for (const { child } of sides) child.disconnect();
    }
  },
};
