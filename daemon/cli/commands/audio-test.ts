// audio test: a tone left, right and on both, by the daemon through its device, or through a device of its own.
import { openNativeEngine } from '../../../audio/native-engine.ts';
import { tellsXruns } from '../../../audio/sink-names.ts';
import type { Failure } from '../../../sync/vocabulary/common.ts';
import { rateFor, sinkOf } from '../../audio-out.ts';
import { createAudioTest } from '../../audio-test.ts';
import type { AudioTestReport } from '../answers.ts';
import { type Reply, Unreachable } from '../client.ts';
import type { Args, Command, ExitCode } from '../command.ts';
import { type Io, show } from '../io.ts';

/** What the daemon asks of a device unless its settings say otherwise. */
const LATENCY_S = 0.1;
const SCHEDULED = { true: 'with real-time scheduling', false: 'without real-time scheduling', null: '' };

function reportLines({ output, callback, xruns, underruns, keptUp }: AudioTestReport): string[] {
  const { sink, rateHz, periodUs, askedLatencyS, realtime } = output;
  const latency = askedLatencyS === null ? null : `latency asked ${askedLatencyS} s`;
  const facts = [
    `${rateHz} Hz`,
    `period ${(periodUs / 1000).toFixed(1)} ms`,
    latency,
    SCHEDULED[`${realtime}`],
  ];
  return [
    `through ${sink}: ${facts.filter(Boolean).join(', ')}`,
    `callbacks meanwhile: ${callback.count}, half below ${callback.p50BelowUs} µs, the worst below ${callback.worstBelowUs} µs`,
    keptUp
      ? `It keeps up: ${tellsXruns(sink) ? 'no xrun, no underrun' : 'no underrun; this sink does not tell when its device runs dry'}.`
      : `It does not keep up: ${xruns} xruns, ${underruns} underruns. Ask for more latency (segue settings set output_latency_s 0.2), or stop other programs.`,
    'Heard nothing? Look at the plug and the volume of the device. Left on the right? The cables are swapped.',
  ];
}

/** On a device of its own, that nobody else may hold. */
async function testHere(device: string | null): Promise<Reply<AudioTestReport>> {
  const failed = ({ error: code, message }: Failure): Reply<AudioTestReport> => ({
    ok: false,
    status: 409,
    error: { code, message },
  });
  const engine = openNativeEngine({
    rate: rateFor({ sink: 'auto', device, rateHz: null, libraryHz: null }),
    sink: { kind: 'null' },
    playing: false,
    volume: 1,
    limiter: false,
  });
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  process.once('SIGINT', leave);
  try {
    const opened = await engine.switchSink(sinkOf({ sink: 'auto', device, latencyS: LATENCY_S }));
    if (!opened.ok) return failed({ error: 'NO_DEVICE', message: opened.message });
    const test = createAudioTest({ engine, latencyS: () => LATENCY_S, resumeFadeS: () => 0 });
    const body = await test(leaving.signal);
    return 'error' in body ? failed(body) : { ok: true, status: 200, body };
  } finally {
    process.off('SIGINT', leave);
    await engine.close(0);
  }
}

async function audioTest(io: Io, { options }: Args): Promise<ExitCode> {
  if (!io.isJson) io.out('A quiet tone: left, right, both, a second each. Ctrl-C ends it.');
  if (typeof options.device === 'string') return show(io, await testHere(options.device), reportLines);
  try {
    return show(io, await io.client.post<AudioTestReport>('/api/v1/audio/test'), reportLines);
  } catch (error) {
    if (!(error instanceof Unreachable && error.isAbsent)) throw error;
    io.err('Segue does not run here, so this opens the default device itself.');
    return show(io, await testHere(null), reportLines);
  }
}

export const audioTestCommand: Command = {
  name: 'audio test',
  args: '[--device <name>]',
  summary: 'A quiet tone left, right and on both; whether the device keeps up',
  details:
    'By the daemon through its device, while the music waits. With --device, or where no daemon runs, this program opens the device itself.',
  options: { device: { takes: 'name', summary: 'one of "segue devices", opened by this program itself' } },
  words: [0, 0],
  run: audioTest,
};
