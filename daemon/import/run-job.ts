// Runs one import job: scan, compare with what is known, read tags and lengths, then measure. Worker process; stores
// nothing itself. Anything may end it at any file: the next run begins where the rows it sent end.
import { realpathSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediaTools } from '../../audio/media.ts';
import type { AnalysedFile, ImportedFile } from '../../sync/vocabulary/library.ts';
import type { FoundFile, FromWorker, JobFolder, KnownFile } from '../concepts/import/worker-port.ts';
import { ANALYSIS_VERSION, analyse } from './analyse.ts';
import { createGone } from './gone.ts';
import { MEASURES_VERSION } from './local-measures.ts';
import type { Outbox } from './outbox.ts';
import type { FileReader } from './read-file.ts';
import { type ScanFiles, scan } from './scan.ts';
import type { Steps } from './steps.ts';

export interface JobPorts {
  readonly media: MediaTools;
  readonly read: FileReader;
  readonly steps: Steps;
  readonly outbox: Outbox;
  readonly send: (message: FromWorker) => void;
  /** Notes the file at work, so that it is known if the process dies of it. Null: none. */
  readonly trail: (file: FoundFile | null) => void;
  readonly nowMs: () => number;
  /** Makes the pieces of the demo library in a folder, and tells of each by its name. */
  readonly compose: (dir: string, onPiece: (name: string) => Promise<void>) => Promise<void>;
  readonly files?: ScanFiles;
}

export interface Job {
  readonly folders: readonly JobFolder[];
  readonly roots: readonly string[];
  /** By folder, then by path. */
  readonly known: ReadonlyMap<number, ReadonlyMap<string, KnownFile>>;
}

interface Measuring {
  readonly file: FoundFile;
  readonly parts: ImportedFile['parts'];
  analysed: AnalysedFile | null;
}

/** While nothing plays yet, the first files found are read before the scan goes on. */
const FIRST_TASTE = 4;
const FRESH_MS = 60_000;
const SAY_EVERY = 500;
const STEPS_EVERY_MS = 2000;
const NOTHING_KNOWN: ReadonlyMap<string, KnownFile> = new Map();

export async function runJob(job: Job, ports: JobPorts): Promise<void> {
  const { outbox, send } = ports;
  const isEmpty = [...job.known.values()].every((files) => files.size === 0);
  const roots = new Map(job.folders.map(({ folder, path }) => [folder, path]));
  const handled = new Set<string>();
  const toAnalyse: FoundFile[] = [];
  /** Of the files that were read in this job, those that a sheet divides. */
  const divided = new Map<string, ImportedFile['parts']>();
  /** Measured files that are not where they were: one that is read now and is such a one was moved, and the library keeps what
   *  was measured of it. */
  const gone = createGone();
  let fresh = 0;

  const keyOf = (file: FoundFile) => `${file.folder}/${file.path}`;
  const knownOf = (file: FoundFile) => (job.known.get(file.folder) ?? NOTHING_KNOWN).get(file.path);

  /** One that was read by a job before this, which ended too early, is read again: little beside measuring it. */
  async function partsOf(file: FoundFile): Promise<ImportedFile['parts']> {
    if (handled.has(keyOf(file))) return divided.get(keyOf(file)) ?? null;
    const result = await ports.read(file, roots.get(file.folder) ?? '');
    return 'file' in result ? result.file.parts : null;
  }

  let stepsSaidMs = 0;
  function saySteps(): void {
    if (ports.nowMs() - stepsSaidMs < STEPS_EVERY_MS) return;
    stepsSaidMs = ports.nowMs();
    send({ type: 'steps', steps: ports.steps.read() });
  }

  function audioKeyOf(file: FoundFile): string | null {
    const answer = ports.media.audioKey(join(roots.get(file.folder) ?? '', file.path));
    return 'key' in answer ? answer.key : null;
  }

  const measure = ports.steps.chain<Measuring>('measure', 'strict').add({
    name: 'measure',
    run(measuring) {
      const { file, parts } = measuring;
      const result = analyse(ports.media, file, join(roots.get(file.folder) ?? '', file.path), parts);
      if ('error' in result) return result;
      measuring.analysed = result.analysed;
      return undefined;
    },
  });

  async function read(file: FoundFile): Promise<void> {
    saySteps();
    handled.add(keyOf(file));
    ports.trail(file);
    if (ports.nowMs() - file.mtimeMs < FRESH_MS) fresh++;
    const result = await ports.read(file, roots.get(file.folder) ?? '');
    if ('file' in result) {
      const { contentKey, parts } = result.file;
      const known = knownOf(file);
      const isMoved = gone.takeContent(contentKey);
      const mayBeRetagged = !isMoved && (typeof known?.audioKey === 'string' || gone.hasAudio());
      const audioKey = mayBeRetagged ? audioKeyOf(file) : null;
      await outbox.file({ ...result.file, audioKey });
      if (parts !== null) divided.set(keyOf(file), parts);
      // Parts are measured one by one: where a sheet divides it otherwise, each is to be measured.
      const isRetagged =
        audioKey !== null &&
        parts === null &&
        (known ? known.audioKey === audioKey && !needsAnalysis(known) : gone.takeAudio(audioKey));
      if (!isMoved && !isRetagged) toAnalyse.push(file);
    } else {
      await outbox.rows({ type: 'broken', file, reason: result.reason });
    }
  }

  send({ type: 'phase', phase: 'scanning', total: 0, totalBytes: 0 });
  for (const { folder, path, compose } of job.folders) {
    if (!compose) continue;
    const known = job.known.get(folder) ?? NOTHING_KNOWN;
    await ports.compose(path, async (name) => {
      send({ type: 'composing', piece: name });
      const { size, mtimeMs } = await stat(join(path, name));
      const file = { folder, path: name, sizeBytes: size, mtimeMs: Math.round(mtimeMs) };
      if (!isUnchanged(file, known.get(name))) await read(file);
    });
  }

  const toRead: FoundFile[] = [];
  let found = 0;
  for (const { folder, path, available } of job.folders) {
    const known = job.known.get(folder) ?? NOTHING_KNOWN;
    const unreadable: { path: string; reason: string }[] = [];
    const seen: string[] = [];
    for await (const file of scanOne(folder, path, job, ports, (at, reason) =>
      unreadable.push({ path: at, reason }),
    )) {
      seen.push(file.path);
      if (++found % SAY_EVERY === 0) send({ type: 'found', found });
      if (handled.has(keyOf(file))) continue;
      if (isUnchanged(file, knownOf(file))) {
        if (needsAnalysis(knownOf(file))) toAnalyse.push(file);
      } else if (isEmpty && handled.size < FIRST_TASTE) await read(file);
      else toRead.push(file);
    }
    const isGone = unreadable.some((item) => item.path === '');
    const paths = new Set(isGone ? [] : seen);
    for (const file of known.values()) {
      if (file.contentKey === null || paths.has(file.path) || needsAnalysis(file)) continue;
      gone.add(file.contentKey, file.audioKey);
    }
    // Before any file is read: only what is known to be missing can have moved.
    if (isGone) await outbox.rows({ type: 'seen', folder, paths: null });
    else {
      const isChanged = [...known.values()].some(
        (file) => (file.state === 'missing') === paths.has(file.path),
      );
      if (!available || isChanged) await outbox.rows({ type: 'seen', folder, paths: seen });
      await outbox.rows({ type: 'unreadable', folder, items: unreadable });
    }
  }
  await outbox.flush();

  send({ type: 'phase', phase: 'reading', total: toRead.length, totalBytes: bytesOf(toRead) });
  for (const file of toRead) await read(file);
  ports.trail(null);
  await outbox.flush();

  send({ type: 'phase', phase: 'analysing', total: toAnalyse.length, totalBytes: bytesOf(toAnalyse) });
  for (const file of toAnalyse) {
    saySteps();
    ports.trail(file);
    const measuring: Measuring = { file, parts: await partsOf(file), analysed: null };
    const { failures } = await measure.run(measuring);
    if (measuring.analysed !== null) await outbox.analysed(measuring.analysed, file.sizeBytes);
    // Moved or taken away since it was read: the next scan finds out where it is now.
    else if (failures[0]?.error === 'NOT_FOUND') await outbox.rows({ type: 'gone', file });
    else await outbox.rows({ type: 'broken', file, reason: failures[0]?.message ?? '' });
  }
  ports.trail(null);
  await outbox.flush();
  send({ type: 'steps', steps: ports.steps.read() });
  send({ type: 'done', fresh });
}

function scanOne(
  folder: number,
  root: string,
  job: Job,
  ports: JobPorts,
  onUnreadable: (path: string, reason: string) => void,
) {
  const others = new Set(job.roots.filter((other) => other !== root).map(realOf));
  return scan({ folder, root, others, onUnreadable, ...(ports.files ? { files: ports.files } : {}) });
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function bytesOf(files: readonly FoundFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** A file that was broken is not tried again until it changes. */
function isUnchanged(file: FoundFile, known: KnownFile | undefined): boolean {
  return known !== undefined && known.sizeBytes === file.sizeBytes && known.mtimeMs === file.mtimeMs;
}

function needsAnalysis(known: KnownFile | undefined): boolean {
  if (known === undefined || known.state === 'broken') return false;
  return known.flavorVersion !== MEASURES_VERSION || known.analysisVersion !== ANALYSIS_VERSION;
}
