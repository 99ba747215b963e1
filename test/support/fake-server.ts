// The real HTTP adapter over the fake radio, as the composition root would build it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFlowStream, type FlowStream } from '../../daemon/adapters/http/flow-stream.ts';
import { createHttp, type Http } from '../../daemon/adapters/http/http.ts';
import { createEventHub, type EventHub, type HubOptions } from '../../daemon/adapters/http/hub.ts';
import type { HttpPorts, WhyAnswer } from '../../daemon/adapters/http/ports.ts';
import type { AudioStats, AudioTestReport, MemoryParts } from '../../daemon/adapters/http/shapes.ts';
import {
  asTree,
  type FlowView,
  fits,
  flowIdOf,
  recordsAsDot,
  recordsAsText,
} from '../../sync/engine/index.ts';
import { createFakeDoor } from './fake-door.ts';
import { paintCovers } from './fake-library.ts';
import { FakeRadio } from './fake-radio.ts';

export interface FakeServer {
  readonly radio: FakeRadio;
  readonly hub: EventHub;
  readonly flowStream: FlowStream;
  readonly http: Http;
  readonly port: number;
  readonly url: string;
  readonly folder: string;
  /** What was logged as a warning or an error. */
  readonly logged: string[];
  close(): Promise<void>;
}

export function whyOf(
  radio: FakeRadio,
  entry: number,
): WhyAnswer | { error: 'NO_SUCH_ENTRY'; message: string } {
  const passage =
    radio.entries.find((each) => each.entry === entry)?.passage ??
    radio.plays.find((each) => each.entry === entry)?.passage;
  if (passage === undefined)
    return { error: 'NO_SUCH_ENTRY', message: `Nothing is known of entry e${entry}.` };
  const candidates = [passage, 7, 8].map((each, i) => ({
    passage: each,
    distance: 0.12 + i * 0.08,
    base: 1,
    cooldown: i === 2 ? 0.5 : 1,
    weight: i === 2 ? 0.5 : 1,
  }));
  return {
    entry,
    passage,
    source: 'auto',
    sentence:
      'It is evening until 22:00, and of 11 pieces that were free this one lay nearest to what evenings here ' +
      'sound like but for two; the draw fell on it with a chance of 2 in 5.',
    said: [{ name: 'eligible', text: '11', path: 'eligible', value: 11 }],
    rule: 'AutoSelectWhenQueueLow',
    flow: 'b1-42',
    facts: {
      selection: 40 + passage,
      passage,
      targetAtMs: radio.nowMs,
      chosenAtMs: radio.nowMs - 600_000,
      target: { kind: 'timeslot', name: 'evening', flavor: { 'local.energy': { high: 0.3, low: 0.7 } } },
      tasteStrength: 0,
      seed: 1234567,
      eligible: 11,
      dropped: { queued: 2, cooldown: 1, broken: 0, missing: 0, noSong: 0, zeroBase: 0 },
      relaxedTo: 1,
      candidates,
      chosen: 0,
      draw: 0.41,
      dislikes: 0,
    },
  };
}

const SILENCE = { peak: 0, heldPeak: 0, rms: 0 };
const VOICE = {
  entry: 1,
  plan: 1,
  role: 'current',
  atFrame: 44_100,
  startFrame: 0,
  endFrame: 8_820_000,
  startedAtFrame: 1_875_900,
  bufferedFrames: 441_000,
} as const;
export const AUDIO: AudioStats = {
  output: { sink: 'USB DAC', rateHz: 44_100, askedLatencyS: 0.1, periodUs: 10_000, realtime: true },
  callback: { p50BelowUs: 8, p95BelowUs: 16, p99BelowUs: 16, worstUs: 117, shareOfCore: 0.0011 },
  meters: {
    streamFrame: 1_920_000,
    playing: true,
    windowFrames: 4410,
    holdFrames: 66_150,
    windowEndFrame: 1_918_350,
    channels: [{ peak: 0.5, heldPeak: 0.9, rms: 0.1 }, SILENCE],
    voices: [VOICE],
  },
  counters: {
    periods: 4000,
    frames: 1_920_000,
    underruns: 0,
    xruns: 0,
    limitedFrames: 0,
    recordsDropped: 0,
    concealedPackets: 0,
    leakedSources: 0,
    worstCallbackUs: 117,
    callbackTotalUs: 48_000,
    periodUs: 10_000,
    callbackHistogram: [0, 0, 3, 900, 97],
    realtime: true,
    lockedArenaBytes: 10_584_064,
    memoryLocked: true,
  },
  snapshot: {
    streamFrame: 1_920_000,
    playing: true,
    volume: 0.6,
    sounding: [VOICE],
    next: { entry: 2, plan: 2, bufferedFrames: 441_000 },
    ended: [],
    sink: 'USB DAC',
  },
  memory: { rss: 94 * 1024 * 1024, heapUsed: 11 * 1024 * 1024 },
};

export const TESTED: AudioTestReport = {
  output: AUDIO.output,
  tone: { frequencyHz: 440, peakDbfs: -20, order: ['left', 'right', 'both'], eachMs: 1000 },
  callback: { count: 380, p50BelowUs: 8, p99BelowUs: 16, worstBelowUs: 128 },
  xruns: 0,
  underruns: 0,
  keptUp: true,
  musicGoesOn: true,
};

const MIB = 1024 * 1024;
const MEMORY: MemoryParts = {
  residentBytes: 60 * MIB,
  anonymousBytes: 20 * MIB,
  parts: [
    { part: 'Node', residentBytes: 40 * MIB, anonymousBytes: 0 },
    { part: "JavaScript's heap", residentBytes: 20 * MIB, anonymousBytes: 20 * MIB },
  ],
};

const METRICS = {
  rule: 'AutoSelectWhenQueueLow',
  activations: 12,
  rejected: 1,
  failed: 0,
  rate_limited: 0,
  avg_duration_us: 210.5,
  max_duration_us: 900,
  p50_duration_us: 180,
  p95_duration_us: 640,
  p99_duration_us: 900,
  last_activation_ms: 1_700_000_000_000,
};
const TRACE_SIZE = {
  on: true,
  memory: { flows: 1, bytes: 460 },
  disk: {
    mode: 'decisions',
    flows: 12_345,
    waiting: 0,
    dropped: 0,
    fileBytes: 18 * 1024 * 1024,
    writtenBytes: 3 * 1024 * 1024,
    writtenLastHourBytes: 2 * 1024 * 1024,
    measuredMs: 2 * 3_600_000,
  },
};
const FLOW: FlowView = {
  id: 'b1-42',
  startedAtMs: 1_700_000_000_000,
  origin: { door: 'core' },
  causedBy: [],
  causedFlows: [],
  records: [
    {
      id: 'b1-42.0',
      type: 'event',
      name: 'Queue.changed',
      input: {},
      output: null,
      rule: null,
      causes: [],
      threw: false,
    },
  ],
  activations: [],
};

const rule = (name: string, summary: string, group = 'built-in', enabled = true) => ({
  name,
  summary,
  group,
  enabled,
  concepts: ['Queue'],
  when: ['Queue.changed'],
  where: [],
  does: ['Queue.enqueue'],
});
const RULES = [
  rule(METRICS.rule, 'When too little lies ahead, a passage is chosen, and enqueued.'),
  rule('PersistVolume', 'The volume is saved, at most once a second, the last one.'),
  rule('QuietAfterTen', 'After ten it is quiet.', 'rules/quiet.yaml', false),
];
const noSuchRule = (name: string) =>
  ({ error: 'NO_SUCH_RULE', message: `There is no rule "${name}".` }) as const;
/** One rule of one file, and a file with a fault. */
export const FAKE_RULES: HttpPorts['rules'] = {
  list: () => ({
    directory: '/state/rules',
    files: [
      { file: 'bad.yaml', rules: [], faults: [{ line: 2, column: 5, message: 'a rule has no "wen"' }] },
      { file: 'quiet.yaml', rules: ['QuietAfterTen'], faults: [] },
    ],
    rules: [
      {
        name: 'QuietAfterTen',
        summary: 'After ten it is quiet.',
        group: 'rules/quiet.yaml',
        enabled: true,
        when: ['Player.volumeChanged'],
        where: ['Appliance.localTime'],
        does: ['Player.setVolume'],
      },
    ],
  }),
  check: async (text) =>
    text.includes('wen')
      ? { rules: [], faults: [{ line: 2, column: 5, message: 'a rule has no "wen"' }] }
      : { rules: ['QuietAfterTen'], faults: [] },
  setEnabled: async (name, enabled) => (name === 'QuietAfterTen' ? { name, enabled } : noSuchRule(name)),
  test: async (what) =>
    'name' in what && what.name !== 'QuietAfterTen'
      ? noSuchRule(what.name)
      : {
          tests: [
            {
              rule: 'QuietAfterTen',
              flows: 40,
              matched: 3,
              rejected: 2,
              limited: 0,
              failed: 0,
              would: [
                {
                  flow: 'b1-42',
                  atMs: 1_700_000_000_000,
                  causes: ['b1-42.1'],
                  isElse: false,
                  actions: [
                    { name: 'Player.setVolume', input: { volume: 0.4 } },
                    { name: 'Player.pause', input: null },
                  ],
                },
              ],
            },
          ],
        },
};

export async function startFakeServer(
  options: {
    radio?: FakeRadio;
    hub?: Partial<HubOptions>;
    ports?: Partial<HttpPorts>;
    panelDir?: string;
    isDevOpen?: boolean;
  } = {},
): Promise<FakeServer> {
  const radio = options.radio ?? new FakeRadio();
  const folder = mkdtempSync(join(tmpdir(), 'segue-doors-'));
  const artDir = join(folder, 'art');
  const art = paintCovers(artDir);
  radio.answer('Library.art', (input: { art: number }) =>
    [art(input.art)].filter((row) => row !== undefined),
  );
  const hub = createEventHub({ bootId: 'boot1', ...options.hub });
  radio.onChange = (topic, data) => void hub.broadcast(topic, data);
  const flowStream = createFlowStream();
  const logged: string[] = [];
  const note = (message: string, fields?: object) =>
    void logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const http = createHttp({
    door: createFakeDoor(radio),
    hub,
    flowStream,
    clock: { nowMs: () => radio.nowMs, monotonicMs: () => performance.now() },
    log: { debug: () => {}, info: () => {}, warn: note, error: note },
    dev: {
      isOpen: () => options.isDevOpen ?? false,
      rules: () => RULES,
      ruleMetrics: (name) => (name === METRICS.rule ? METRICS : undefined),
      flows: (filter, { limit }) => ({
        flows: [FLOW].filter((flow) => fits(flow, filter)).slice(0, limit),
        next: null,
      }),
      flow: (id) => (id === FLOW.id ? FLOW : undefined),
      causes: (id) => (flowIdOf(id) === FLOW.id ? { records: FLOW.records, isCut: false } : undefined),
      effects: (id) => (flowIdOf(id) === FLOW.id ? { records: FLOW.records, isCut: false } : undefined),
      fits,
      asTree,
      asText: recordsAsText,
      asDot: recordsAsDot,
      traceSize: () => TRACE_SIZE,
      prometheus: () => `segue_rule_activations_total{rule="${METRICS.rule}"} 12\n`,
    },
    rules: FAKE_RULES,
    scripts: {
      list: () => ({
        directory: '/state/scripts',
        scripts: [
          {
            file: 'party.lua',
            enabled: true,
            rules: ['Answer-party'],
            routes: ['POST /x/party', 'GET /x/guests'],
            chains: [
              { name: 'Party', steps: ['louder', 'play'], running: 1, runs: 4, failed: 2, metrics: [] },
            ],
            faults: ['party.lua:3: too many instructions in one call'],
            off: ['GET /x/guests'],
            bytes: 40_000,
          },
        ],
      }),
      routes: () => [
        {
          file: 'party.lua',
          method: 'POST',
          path: '/x/party/:room',
          summary: 'Begins a party.',
          body: { type: 'object', properties: { volume: { type: 'number' } }, required: ['volume'] },
        },
        { file: 'party.lua', method: 'GET', path: '/x/guests', summary: null, body: null },
      ],
      setEnabled: async (file, enabled) =>
        file === 'party.lua'
          ? { file, enabled }
          : ({ error: 'NO_SUCH_SCRIPT', message: `There is no script "${file}".` } as const),
      answer: ({ method, path, query, headers, body }) => ({
        status: 200,
        body: {
          method,
          path,
          query: query(),
          type: (headers() as { 'content-type'?: string })['content-type'] ?? null,
          body: body(),
        },
        headers: {},
      }),
    },
    bootId: 'boot1',
    version: '0.1.0-test',
    hostNames: ['Radio'],
    artDir,
    panelDir: options.panelDir ?? join(folder, 'panel'),
    why: (entry) => whyOf(radio, entry),
    devices: async () => ({ devices: [{ name: 'USB DAC', isDefault: true }], note: null }),
    cover: async () => ({ kind: 'original', isFinal: true }),
    envelope: async () => ({ fileMs: 4000, spanMs: 2, peaks: [0.5, 0.25], rms: [0.3, 0.1] }),
    audioStats: () => AUDIO,
    audioTest: async () => TESTED,
    meters: () => AUDIO.meters,
    memoryParts: async () => MEMORY,
    ...options.ports,
  });
  const listening = await http.listen({ host: '127.0.0.1', port: 0 });
  if ('error' in listening) throw new Error(listening.message);
  return {
    radio,
    hub,
    flowStream,
    http,
    port: listening.port,
    url: `http://127.0.0.1:${listening.port}`,
    folder,
    logged,
    async close() {
      await http.close(200);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
