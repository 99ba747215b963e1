// flavors: what others measured of recordings (AcousticBrainz), and how far two flavors are apart.
import { createReadStream, readFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { MeasuredRecording } from '../../../sync/vocabulary/library.ts';
import { flavorDistance } from '../../policy/flavor.ts';
import type { Args, Command, ExitCode } from '../command.ts';
import { type RecordingFile, readFlavor, readRecordings } from '../flavor-file.ts';
import { spreadOf } from '../flavor-spread.ts';
import { fail, type Io, show } from '../io.ts';
import { count, table } from '../words.ts';

/** A request carries so many at most, and so much JSON. */
const MOST_RECORDINGS = 100;
const MOST_BYTES = 500_000;
const MOST_TOLD = 10;

interface Learnt {
  byId: number;
  byName: number;
  unknown: number;
  unsound: number;
}

/** JSON files one by one, JSON lines line by line; a folder with all that is in it. */
async function* recordingsIn(path: string): AsyncIterable<RecordingFile> {
  if ((await stat(path)).isDirectory()) {
    for (const name of (await readdir(path, { recursive: true })).sort())
      if (/\.(json|jsonl|ndjson)$/i.test(name)) yield* recordingsIn(join(path, name));
  } else if (/\.(jsonl|ndjson)$/i.test(path)) {
    let line = 0;
    for await (const text of createInterface({
      input: createReadStream(path),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      line += 1;
      if (text.trim() !== '') yield* readRecordings(text, `${path}, line ${line}`);
    }
  } else yield* readRecordings(await readFile(path, 'utf8'), path);
}

async function learn(io: Io, { words, options }: Args): Promise<ExitCode> {
  const sum: Learnt = { byId: 0, byName: 0, unknown: 0, unsound: 0 };
  const byName = options['by-name'] === true;
  let [read, faulty, bytes, isAsked] = [0, 0, 0, true];
  let batch: MeasuredRecording[] = [];
  const stop = () => {
    isAsked = false;
  };
  const tell = (message: string) => {
    faulty += 1;
    if (faulty <= MOST_TOLD && !io.isJson) io.err(message);
  };
  async function send(): Promise<ExitCode> {
    if (batch.length === 0) return 0;
    const recordings = batch.map(({ recording, artist, title, flavor }) => ({
      ...(recording !== null && { recording }),
      ...(artist !== null && { artist }),
      ...(title !== null && { title }),
      flavor,
    }));
    [batch, bytes] = [[], 0];
    const reply = await io.client.post<Learnt>('/api/v1/library/flavors', { recordings, byName });
    if (!reply.ok) return fail(io, reply.error);
    for (const key of ['byId', 'byName', 'unknown', 'unsound'] as const) sum[key] += reply.body[key];
    if (!io.isJson && io.columns !== null)
      io.progress(`${read} recordings read, ${sum.byId + sum.byName} of them here`);
    return 0;
  }
  process.once('SIGINT', stop);
  try {
    for (const path of words) {
      for await (const each of recordingsIn(path)) {
        if (!isAsked) break;
        if ('error' in each) {
          tell(each.message);
          continue;
        }
        read += 1;
        const size = JSON.stringify(each.recording).length;
        if (batch.length === MOST_RECORDINGS || bytes + size > MOST_BYTES) {
          const code = await send();
          if (code !== 0) return code;
        }
        batch.push(each.recording);
        bytes += size;
      }
    }
    const code = await send();
    if (code !== 0) return code;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return fail(io, { code: 'UNREADABLE', message: `It cannot be read: ${message}.` });
  } finally {
    process.removeListener('SIGINT', stop);
  }
  if (!io.isJson && io.columns !== null) io.progress('');
  if (read === 0)
    return fail(io, { code: 'NOTHING_FOUND', message: 'No AcousticBrainz document was found there.' });
  return show(io, { ok: true, status: 200, body: { read, ...sum, faulty, stopped: !isAsked } }, (body) => [
    ...(isAsked
      ? []
      : ['Stopped. What was learnt until then is kept; the same again goes on from the beginning.']),
    `${count(read, 'recording', 'recordings')} read: ${body.byId} found by id, ${body.byName} by artist and title, ${body.unknown} not in this library.`,
    ...(faulty > 0 ? [`${count(faulty, 'document', 'documents')} could not be used.`] : []),
    ...(body.unsound > 0
      ? [
          `The values of ${count(body.unsound, 'recording', 'recordings')} do not sum to 1; they are used as they are.`,
        ]
      : []),
  ]);
}

async function spread(io: Io): Promise<ExitCode> {
  const found = spreadOf(io.stateDirectory, 2);
  if ('error' in found) return fail(io, { code: found.error, message: found.message });
  return show(io, { ok: true, status: 200, body: { characteristics: found } }, ({ characteristics }) =>
    characteristics.length === 0
      ? 'Nothing was measured yet: segue import --show'
      : table([
          ['', 'least', '', 'middle', '', 'most', 'from', 'to'],
          ...characteristics.map(({ characteristic, label, values, least, most }) => [
            `${characteristic} ${label}`,
            ...values.map((value) => value.toFixed(2)),
            least.join(', '),
            most.join(', '),
          ]),
        ]),
  );
}

async function distance(io: Io, paths: readonly string[]): Promise<ExitCode> {
  const flavors = paths.map((path) => {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      return { error: 'UNREADABLE', message: `${path} cannot be read: ${(error as Error).message}.` };
    }
    return readFlavor(text, path);
  });
  const [a, b] = flavors;
  if (a === undefined || b === undefined) return 2;
  for (const each of [a, b])
    if ('error' in each) return fail(io, { code: each.error, message: each.message });
  if ('error' in a || 'error' in b) return 1;
  for (const warning of [...a.warnings, ...b.warnings]) io.err(warning);
  const result = flavorDistance(a.flavor, b.flavor);
  return show(io, { ok: true, status: 200, body: result }, (body) => [
    `distance      ${body.distance}`,
    `binary half   ${body.binaryHalf}`,
    `complex half  ${body.complexHalf}`,
  ]);
}

export const flavorCommands: readonly Command[] = [
  {
    name: 'flavors import',
    args: '<file | folder>... [--by-name]',
    summary: 'Learn what AcousticBrainz measured of recordings: its high-level documents',
    details:
      'One document a file, many as its API gives them, JSON lines, or folders of these. They are kept for songs whose files are tagged with the recording id, and are believed before what Segue measured itself. A document that names no id is known by its file name. Doing it twice does no harm; Ctrl-C ends it early.',
    options: { 'by-name': { summary: 'find songs by artist and title, too, where no id fits' } },
    words: [1, 1000],
    run: learn,
  },
  {
    name: 'flavors forget',
    args: '',
    summary: 'Forget what AcousticBrainz measured: what Segue measured itself is believed again',
    words: [0, 0],
    run: async (io) =>
      show(io, await io.client.del<{ songs: number }>('/api/v1/library/flavors'), ({ songs }) =>
        songs === 0 ? 'There was nothing to forget.' : `Forgotten for ${count(songs, 'song', 'songs')}.`,
      ),
  },
  {
    name: 'flavors spread',
    args: '',
    summary: 'What each characteristic tells apart in this library',
    details:
      'How much of it the passages have (the least, the quarters, the most), and two passages at each end. Of a characteristic with two labels the first is shown: the other is the rest. Needs no daemon.',
    words: [0, 0],
    run: (io) => spread(io),
  },
  {
    name: 'flavors distance',
    args: '<a.json> <b.json>',
    summary: 'How far two flavors are apart: AcousticBrainz high-level documents or plain ones',
    details:
      'A plain one is {characteristic: {label: value}}. Prints the distance and its binary and complex halves.',
    words: [2, 2],
    run: (io, { words }) => distance(io, words),
  },
];
