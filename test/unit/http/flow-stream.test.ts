// The live stream of the trace: who is slow misses flows and is told how many; who leaves costs nothing any more.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import { createFlowStream } from '../../../daemon/adapters/http/flow-stream.ts';
import type { EndedFlow, FlowView } from '../../../sync/engine/index.ts';

/** A response whose socket takes as much as the test lets it. */
class Response extends EventEmitter {
  writableLength = 0;
  isEnded = false;
  readonly written: string[] = [];
  writeHead(): void {}
  write(chunk: Buffer | string): void {
    this.written.push(String(chunk));
  }
  end(): void {
    this.isEnded = true;
  }
  get events(): string[] {
    return this.written.flatMap(
      (text) => /^event: (.*)\ndata: (.*)$/m.exec(text)?.slice(1, 3).join(' ') ?? [],
    );
  }
}
const connected = (
  stream: ReturnType<typeof createFlowStream>,
  wants: (flow: FlowView) => boolean = () => true,
) => {
  const response = new Response();
  stream.connect(response as unknown as ServerResponse, wants);
  return response;
};

function flow(n: number, change: Partial<FlowView> = {}): EndedFlow & { views: number } {
  const base = { id: `b-${n}`, startedAtMs: n, origin: { door: 'test' as const } };
  const ended = {
    ...base,
    routine: false,
    names: () => [],
    compact: () => ({ o: base.origin, r: [], a: [] }),
    views: 0,
    view: (): FlowView => {
      ended.views++;
      return { ...base, causedBy: [], causedFlows: [], records: [], activations: [], ...change };
    },
  };
  return ended;
}
const ids = (response: Response) =>
  response.events.map((text) =>
    text.startsWith('flow') ? (JSON.parse(text.slice(5)) as FlowView).id : text,
  );

describe('the live stream of the trace', () => {
  it('makes a flow readable once for all who follow, and for nobody not at all', () => {
    const stream = createFlowStream();
    const unseen = flow(1);
    stream.add(unseen);
    assert.equal(unseen.views, 0);
    const followers = [connected(stream), connected(stream), connected(stream, ({ id }) => id === 'b-3')];
    const seen = flow(2);
    stream.add(seen);
    stream.add(flow(3));
    assert.equal(seen.views, 1);
    assert.deepEqual(followers.map(ids), [['b-2', 'b-3'], ['b-2', 'b-3'], ['b-3']]);
    stream.close();
    assert.ok(followers.every(({ isEnded }) => isEnded));
    assert.equal(stream.followers(), 0);
  });

  it('lets a slow client miss what it cannot take, and tells it how much', () => {
    const stream = createFlowStream();
    const [slow, quick] = [connected(stream), connected(stream)];
    stream.add(flow(1));
    slow.writableLength = 300 * 1024;
    for (let n = 2; n <= 6; n++) stream.add(flow(n));
    slow.writableLength = 0;
    stream.add(flow(7));
    assert.deepEqual(ids(slow), ['b-1', 'missed {"flows":5}', 'b-7']);
    assert.equal(ids(quick).length, 7);
    stream.close();
  });

  it('forgets who has left, in good order or not', () => {
    const stream = createFlowStream();
    const [one, other] = [connected(stream), connected(stream)];
    one.emit('close');
    other.emit('error', new Error('reset'));
    assert.equal(stream.followers(), 0);
    const unseen = flow(1);
    stream.add(unseen);
    assert.equal(unseen.views, 0);
  });

  it('tells of a flow that is no plain data by its id alone, and harms nobody', () => {
    const stream = createFlowStream();
    const response = connected(stream);
    const loop: Record<string, unknown> = {};
    loop.itself = loop;
    const record = {
      id: 'b-1.0',
      type: 'event',
      name: 'X.y',
      input: loop,
      output: null,
      rule: null,
      causes: [],
    } as const;
    stream.add(flow(1, { records: [{ ...record, threw: false }] }));
    stream.add(flow(2));
    assert.deepEqual(ids(response), ['b-1', 'b-2']);
    stream.close();
  });
});
