// Reads flavors from JSON documents: AcousticBrainz high-level (highlevel.<model>.all.<label>), alone or many at once as its
// API gives them, or plain {characteristic: {label: value}}. Pure. Sums that are not 1 are told, not mended.
import type { Failure } from '../../sync/vocabulary/common.ts';
import type { Flavor } from '../../sync/vocabulary/director.ts';
import type { MeasuredRecording } from '../../sync/vocabulary/library.ts';

export type FlavorFile =
  | { readonly flavor: Flavor; readonly warnings: readonly string[] }
  | Failure<'NOT_JSON' | 'NOT_A_FLAVOR'>;
export type RecordingFile =
  | { readonly recording: MeasuredRecording; readonly warnings: readonly string[] }
  | Failure<'NOT_JSON' | 'NOT_A_FLAVOR' | 'UNNAMED'>;

const MBID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: string, name: string): { document: unknown } | Failure<'NOT_JSON'> {
  try {
    return { document: JSON.parse(text) };
  } catch (error) {
    return { error: 'NOT_JSON', message: `${name} is not JSON: ${(error as Error).message}.` };
  }
}

/** `name` is for messages. */
export function readFlavor(text: string, name: string): FlavorFile {
  const read = parsed(text, name);
  return 'error' in read ? read : flavorOf(read.document, name);
}

/** Every recording of a document, each with the flavor or with what is wrong with it. */
export function readRecordings(text: string, name: string): RecordingFile[] {
  const read = parsed(text, name);
  if ('error' in read) return [read];
  const { document } = read;
  if (!isObject(document)) return [recordingOf(document, name, null)];
  // Many at once: {"<recording id>": {"0": document, "1": another submission of it}, ..., "mbid_mapping": {}}
  const many = Object.entries(document).filter(([key]) => MBID.exec(key)?.[0] === key);
  if (many.length === 0) return [recordingOf(document, name, MBID.exec(name)?.[0] ?? null)];
  return many.map(([id, submissions]) =>
    recordingOf(isObject(submissions) ? submissions['0'] : null, `${name}, ${id}`, id),
  );
}

/** `id`: of the recording, by where the document was found. */
function recordingOf(document: unknown, name: string, id: string | null): RecordingFile {
  const read = flavorOf(document, name);
  if ('error' in read) return read;
  const metadata = isObject(document) && isObject(document.metadata) ? document.metadata : {};
  const tags = isObject(metadata.tags) ? metadata.tags : {};
  const tag = (key: string) => {
    const value = Array.isArray(tags[key]) ? tags[key][0] : tags[key];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
  };
  const recording = id ?? MBID.exec(tag('musicbrainz_recordingid') ?? '')?.[0] ?? null;
  const [artist, title] = [tag('artist'), tag('title')];
  if (recording === null && (artist === null || title === null))
    return {
      error: 'UNNAMED',
      message: `${name} does not say which recording it is about: it has neither an id nor artist and title, and its name has no id.`,
    };
  return { recording: { recording, artist, title, flavor: read.flavor }, warnings: read.warnings };
}

function flavorOf(document: unknown, name: string): FlavorFile {
  const notOne = (why: string) =>
    ({ error: 'NOT_A_FLAVOR', message: `${name} is no flavor: ${why}.` }) as const;
  if (!isObject(document)) return notOne('it is not an object');

  const models = isObject(document.highlevel) ? document.highlevel : null;
  const flavor: Record<string, Record<string, number>> = {};
  const warnings: string[] = [];
  for (const [model, value] of Object.entries(models ?? document)) {
    const labels = models === null ? value : isObject(value) ? value.all : undefined;
    if (!isObject(labels)) return notOne(`"${model}" has no ${models === null ? 'labels' : '"all"'}`);
    const values: Record<string, number> = {};
    for (const [label, share] of Object.entries(labels)) {
      if (typeof share !== 'number' || !(share >= 0 && share <= 1.0001))
        return notOne(`${model}.${label} is not a number from 0 to 1`);
      values[label] = share;
    }
    const sum = Object.values(values).reduce((total, share) => total + share, 0);
    if (!(sum >= 0.9999 && sum <= 1.0001))
      warnings.push(`${name}: the values of ${model} sum to ${sum}, not 1.`);
    flavor[model] = values;
  }
  if (Object.keys(flavor).length === 0) return notOne('there is nothing in it');
  return { flavor, warnings };
}
