// The developers' door over the fake radio and a real socket: flows, rules and metrics, and that it can be shut.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { EndedFlow } from '../../../sync/engine/index.ts';
import { type FakeServer, startFakeServer } from '../../support/fake-server.ts';
import { callsTo } from '../../support/http-calls.ts';

let server: FakeServer;
const { call, refused } = callsTo(() => server);

before(async () => {
  server = await startFakeServer({ isDevOpen: true });
});
after(() => server.close());

describe("the developers' door", () => {
  it('shows rules and flows', async () => {
    assert.equal((await call('GET', '/dev/syncs')).json.syncs[0].metrics.activations, 12);
    const { json } = await call('GET', '/dev/syncs/AutoSelectWhenQueueLow/metrics');
    assert.equal(json.activations, 12);
    assert.equal(json.p95_duration_us, 640);
    await refused('GET', '/dev/syncs/Nothing/metrics', undefined, 404, 'NOT_FOUND');
    assert.equal((await call('GET', '/dev/flows?limit=1')).json.flows.length, 1);
    assert.equal((await call('GET', '/dev/flows/b1-42')).json.id, 'b1-42');
    assert.match((await call('GET', '/dev/flows/b1-42?format=dot')).text, /^digraph/);
    assert.match((await call('GET', '/dev/flows/b1-42')).json.tree, /Queue.changed/);
    await refused('GET', '/dev/flows/b1-99', undefined, 404, 'NOT_FOUND');
    await refused('GET', '/dev/flows/b1-99?format=dot', undefined, 404, 'NOT_FOUND');
  });

  it('is closed unless it is opened', async () => {
    const own = await startFakeServer();
    for (const path of [
      '/dev/syncs',
      '/dev/syncs/AutoSelectWhenQueueLow/metrics',
      '/dev/flows',
      '/dev/flows/b1-42',
      '/dev/records/b1-42.0/causes',
      '/dev/records/b1-42.0/effects',
      '/dev/trace',
      '/dev/events/stream',
    ])
      assert.equal((await fetch(`${own.url}${path}`)).status, 403, path);
    await own.close();
  });

  it('finds flows by rule, by what happened and by time, and refuses what makes no sense', async () => {
    const found = async (query: string) => (await call('GET', `/dev/flows?${query}`)).json.flows.length;
    assert.equal(await found('what=Queue.changed&sinceMs=1700000000000&untilMs=1700000000000'), 1);
    assert.equal(await found('what=Queue.enqueue'), 0);
    assert.equal(await found('rule=AutoSelectWhenQueueLow'), 0);
    assert.equal(await found('sinceMs=1700000000001'), 0);
    assert.equal((await call('GET', '/dev/flows')).json.next, null);
    for (const [query, message] of [
      ['what=Queue', /Concept\.action/],
      ['sinceMs=yesterday', /sinceMs must be/],
      ['before=b1', /id of a flow/],
      ['limit=0', /from 1 to 1000/],
      ['since=2', /unknown; known: rule, what/],
      ['sinceMs=5&untilMs=4', /must not lie after/],
    ] as const)
      assert.match(
        (await refused('GET', `/dev/flows?${query}`, undefined, 400, 'BAD_REQUEST')).message,
        message,
      );
  });

  it('walks from a record to its causes and its effects', async () => {
    for (const way of ['causes', 'effects']) {
      const { json } = await call('GET', `/dev/records/b1-42.0/${way}`);
      assert.equal(json.records[0].name, 'Queue.changed');
      assert.equal(json.isCut, false);
      assert.match(json.text, /^b1-42\.0 {2}Queue\.changed \{\}$/);
      assert.match((await call('GET', `/dev/records/b1-42.0/${way}?format=dot`)).text, /^digraph "b1-42\.0"/);
      const { message } = await refused('GET', `/dev/records/b1-43.0/${way}`, undefined, 404, 'NOT_FOUND');
      assert.match(message, /named as in a flow/);
    }
    assert.equal((await call('GET', '/dev/trace')).json.disk.flows, 12_345);
  });

  it('streams flows as they end, to those whom they fit, and makes none for nobody', async () => {
    const flow = (n: number, name: string): EndedFlow & { views: number } => {
      const ended = {
        id: `b1-${n}`,
        startedAtMs: n,
        origin: { door: 'test' as const },
        routine: false,
        names: () => [name],
        compact: () => ({ o: ended.origin, r: [], a: [] }),
        views: 0,
        view() {
          ended.views++;
          const records = [
            {
              id: `b1-${n}.0`,
              type: 'action' as const,
              name,
              input: {},
              output: {},
              rule: null,
              causes: [],
              threw: false,
            },
          ];
          return { ...ended, causedBy: [], causedFlows: [], records, activations: [] };
        },
      };
      return ended;
    };
    const { flowStream } = server;
    const unheard = flow(1, 'Queue.enqueue');
    flowStream.add(unheard);
    assert.equal(unheard.views, 0);
    const ended = new AbortController();
    const response = await fetch(`${server.url}/dev/events/stream?what=Queue.enqueue`, {
      signal: ended.signal,
    });
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
    assert.equal(flowStream.followers(), 1);
    flowStream.add(flow(2, 'Player.pause'));
    flowStream.add(flow(3, 'Queue.enqueue'));
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      if (text.includes('data:')) break;
    }
    ended.abort();
    assert.match(text, /^retry: 1000\n\nid: b1-3\nevent: flow\ndata: \{"id":"b1-3"/);
    while (flowStream.followers() > 0) await new Promise((resolve) => setTimeout(resolve, 2));
    await refused('GET', '/dev/events/stream?what=x', undefined, 400, 'BAD_REQUEST');
  });

  it('counts for Prometheus', async () => {
    const { text } = await call('GET', '/metrics');
    assert.match(text, /^segue_healthy 1$/m);
    assert.match(text, /^segue_audio_worst_callback_seconds 0.000117$/m);
    assert.match(text, /^segue_audio_callback_seconds_bucket\{le="\+Inf"\} 1000$/m);
    assert.match(text, /^segue_rule_activations_total\{rule="AutoSelectWhenQueueLow"\} 12$/m);
  });
});
