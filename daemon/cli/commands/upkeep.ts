// import, devices, settings.
import { resolve } from 'node:path';
import type { Import } from '../answers.ts';
import type { Args, Command, ExitCode } from '../command.ts';
import { fail, type Io, show } from '../io.ts';
import { bar, bytesText, count, durationText, table } from '../words.ts';

const ENDED = new Set(['done', 'cancelled', 'failed']);
const WATCH_MS = 300;

function importLine({ status, counts }: Import): string {
  if (status === null) return `No import since the start; ${count(counts?.passages ?? 0, 'passage')} known.`;
  const { state, found, done, foundBytes, doneBytes, bytesPerS, leftMs, added, failed, current, message } =
    status;
  const share = foundBytes > 0 ? doneBytes / foundBytes : 0;
  const numbers = `${found > 0 ? `${done}/${found}` : done}, ${added} new${failed > 0 ? `, ${failed} failed` : ''}`;
  const rate = bytesPerS === null ? '' : `, ${bytesText(bytesPerS)}/s`;
  const left = leftMs === null ? '' : `, ${durationText(leftMs)} left`;
  return `${state.padEnd(9)} ${bar(ENDED.has(state) ? 1 : share, 20)} ${numbers}${rate}${left}${(message ?? current) ? `  ${message ?? current}` : ''}`;
}

/** What the steps have cost; nothing before the first. */
function stepLines({ steps }: Import): string[] {
  if (steps.length === 0) return [];
  const ms = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0));
  return table([
    ['  step', 'files', 'failed', 'again', 'seconds', 'ms each', 'ms most'],
    ...steps.map(({ step, runs, failed, retried, totalMs, maxMs }) => [
      `  ${step}`,
      String(runs),
      String(failed),
      String(retried),
      (totalMs / 1000).toFixed(1),
      ms(totalMs / Math.max(runs, 1)),
      ms(maxMs),
    ]),
  ]);
}

async function watchImport(io: Io): Promise<ExitCode> {
  for (;;) {
    const reply = await io.client.get<Import>('/api/v1/import');
    if (!reply.ok) return fail(io, reply.error);
    const { status, failures } = reply.body;
    if (io.isJson) io.out(JSON.stringify(reply.body));
    else io.progress(importLine(reply.body));
    if (status === null || ENDED.has(status.state)) {
      if (!io.isJson) {
        io.out('');
        if (status !== null && status.failed > 0)
          for (const { path, reason } of failures) io.out(`  ${path}: ${reason}`);
      }
      return status?.state === 'failed' ? 1 : 0;
    }
    await io.sleep(WATCH_MS);
  }
}

const ON_A_JOB = [
  { option: 'pause', words: 'Paused; what is in stays. "segue import --resume" goes on.' },
  { option: 'resume', words: 'It goes on.' },
  { option: 'cancel', words: 'Cancelled; what is in stays.' },
] as const;

async function runImport(io: Io, { words: [path], options }: Args): Promise<ExitCode> {
  const asked = ON_A_JOB.find(({ option }) => options[option] === true);
  if (asked !== undefined) {
    const state = await io.client.get<Import>('/api/v1/import');
    if (!state.ok) return fail(io, state.error);
    const job = state.body.status?.job;
    if (job === undefined) return fail(io, { code: 'NOT_FOUND', message: 'No import is running.' });
    const { option, words } = asked;
    return show(io, await io.client.post(`/api/v1/import/${job}/${option}`), () => words);
  }
  if (options.show === true) {
    if (options.watch === true) return watchImport(io);
    return show(io, await io.client.get<Import>('/api/v1/import'), (body) => [
      importLine(body),
      ...stepLines(body),
      ...body.failures.map((each) => `  ${each.path}: ${each.reason}`),
    ]);
  }
  const body = {
    ...(path !== undefined && { path: resolve(path) }),
    ...(options.retry === true && { retry: true }),
  };
  const started = await io.client.post<{ job: number }>('/api/v1/import', body);
  // Whoever wants to watch may watch the one that runs.
  const isRunning = !started.ok && started.error.code === 'ALREADY_RUNNING' && options.watch === true;
  if (!started.ok && !isRunning) return fail(io, started.error);
  if (options.watch === true) return watchImport(io);
  return show(io, started, ({ job }) => `Import ${job} has begun; "segue import --show --watch" follows it.`);
}

interface Devices {
  readonly devices: readonly { readonly name: string; readonly isDefault?: boolean }[];
  readonly note?: string | null;
}

interface Setting {
  readonly key: string;
  readonly value: unknown;
  readonly isDefault: boolean;
  readonly meaning: string;
  readonly range: string;
}

async function settings(io: Io, key: string | undefined): Promise<ExitCode> {
  const reply = await io.client.get<{ settings: readonly Setting[] }>('/api/v1/settings');
  if (!reply.ok) return fail(io, reply.error);
  if (key === undefined)
    return show(io, reply, (body) =>
      table(
        body.settings.map((each) => [
          each.isDefault ? ' ' : '*',
          each.key,
          JSON.stringify(each.value),
          `${each.meaning} (${each.range})`,
        ]),
      ),
    );
  const found = reply.body.settings.find((each) => each.key === key);
  if (found === undefined)
    return fail(io, {
      code: 'UNKNOWN_SETTING',
      message: `There is no setting "${key}": segue settings lists them.`,
    });
  return show(io, { ok: true, status: 200, body: found }, ({ value }) => JSON.stringify(value));
}

/** JSON where it is JSON, text otherwise: 8, true, null, track. */
function settingValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const upkeepCommands: readonly Command[] = [
  {
    name: 'import',
    args: '[folder] [--watch] [--show] [--retry] [--pause] [--resume] [--cancel]',
    summary: 'Scan the music folders, or add and scan one',
    options: {
      watch: { summary: 'stay, and show how it goes' },
      show: { summary: 'start nothing: show how it stands' },
      retry: { summary: 'try again what was broken, though it has not changed' },
      pause: { summary: 'let the import that runs rest; its process ends and gives its memory back' },
      resume: { summary: 'let a paused import go on' },
      cancel: { summary: 'stop the import that runs' },
    },
    words: [0, 1],
    run: runImport,
  },
  {
    name: 'devices',
    args: '',
    summary: 'Sound devices',
    words: [0, 0],
    async run(io) {
      return show(io, await io.client.get<Devices>('/api/v1/devices'), ({ devices, note }) => [
        ...(devices.length === 0 ? ['No sound device was found.'] : []),
        ...devices.map((each) => `${each.isDefault === true ? '*' : ' '} ${each.name}`),
        ...(note === null || note === undefined ? [] : [note]),
      ]);
    },
  },
  {
    name: 'settings',
    args: '',
    summary: 'All settings; * is not the default',
    words: [0, 0],
    run: (io) => settings(io, undefined),
  },
  {
    name: 'settings get',
    args: '<key>',
    summary: 'One setting',
    words: [1, 1],
    run: (io, { words: [key] }) => settings(io, key),
  },
  {
    name: 'settings set',
    args: '<key> <value>',
    summary: 'Change a setting',
    words: [2, 2],
    async run(io, { words: [key = '', value = ''] }) {
      const reply = await io.client.put('/api/v1/settings', { [key]: settingValue(value) });
      return show(io, reply, () => `${key} is ${JSON.stringify(settingValue(value))}.`);
    },
  },
];
