// The steps of an update, each small, and what brings an interrupted one to an end. Runs as root in a process of its own; the daemon
// is stopped meanwhile. Every step may be repeated: what was begun is noted in update.json before anything changes.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

export interface Ran {
  readonly ok: boolean;
  readonly text: string;
}

export interface System {
  readonly stateDirectory: string;
  /** Packages that one can go back to, and what an update in progress needs. */
  readonly cacheDirectory: string;
  /** Where else a package to go back to may be: with the card image comes the one it was built with. */
  readonly packageFolders: readonly string[];
  run(command: string, ...words: readonly string[]): Ran;
  /** The daemon answers, and has a moment later too. */
  becomesReady(): Promise<boolean>;
}

/** What was begun. `copied`: the database's copy is whole, and files of the system may have changed. `back`: it goes back. */
export interface Begun {
  readonly phase: 'stopping' | 'copied' | 'back';
  readonly from: string;
  readonly to: string;
  /** The package to go back to; null: there is none. */
  readonly previous: string | null;
}

export type Ended = { readonly ok: true } | { readonly ok: false; readonly why: string };

const DATABASE = /^segue\.db(-wal|-shm)?$/;
const note = (system: System) => join(system.cacheDirectory, 'update.json');
const copies = (system: System) => join(system.cacheDirectory, 'database');
export const incoming = (system: System) => join(system.cacheDirectory, 'incoming.deb');

export function begunIn(system: System): Begun | null {
  return existsSync(note(system)) ? (JSON.parse(readFileSync(note(system), 'utf8')) as Begun) : null;
}

/** Whole or not at all, and on the card. */
export function noteThat(system: System, begun: Begun): void {
  writeFileSync(`${note(system)}.new`, JSON.stringify(begun));
  system.run('sync');
  renameSync(`${note(system)}.new`, note(system));
  system.run('sync');
}

export function copyDatabase(system: System): void {
  rmSync(copies(system), { recursive: true, force: true });
  mkdirSync(copies(system), { mode: 0o700 });
  copyFiles(system, system.stateDirectory, copies(system));
}

export function restoreDatabase(system: System): void {
  for (const name of databaseFiles(system.stateDirectory)) rmSync(join(system.stateDirectory, name));
  copyFiles(system, copies(system), system.stateDirectory);
}

function databaseFiles(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => DATABASE.test(name)) : [];
}

function copyFiles(system: System, from: string, to: string): void {
  for (const name of databaseFiles(from)) {
    cpSync(join(from, name), join(to, name), { preserveTimestamps: true });
    system.run('chown', '--reference', join(from, name), join(to, name));
    system.run('chmod', '--reference', join(from, name), join(to, name));
  }
  system.run('sync');
}

/** The package's own scripts leave the start to us, which does not wait for a daemon that hangs. An update that was killed leaves a
 *  dpkg behind, which holds its lock until it has ended: it is waited for, a minute at most. */
export function install(system: System, deb: string): Ran {
  const options = ['--force-confold', '--force-confdef', '--force-downgrade'];
  const words = ['SEGUE_UPDATE=1', 'DEBIAN_FRONTEND=noninteractive', 'dpkg', ...options, '-i', deb];
  let ran = system.run('env', ...words);
  for (let tries = 0; !ran.ok && /lock/.test(ran.text) && tries < 60; tries++) {
    system.run('sleep', '1');
    ran = system.run('env', ...words);
  }
  return ran;
}

export const start = (system: System) => system.run('systemctl', 'start', '--no-block', 'segue');
export const stop = (system: System) => system.run('systemctl', 'stop', 'segue');

/** At boot, before the daemon starts: what was interrupted goes on as far as it can without it, and `recover` judges it when it
 *  should play. `forgets`: the root is in RAM, and what was installed is installed again. Null: there was nothing to do. */
export function atStart(system: System, forgets: boolean): Ended | null {
  const begun = begunIn(system);
  const [version, state] = installedVersion(system);
  if (begun?.phase === 'stopping') return beforeAnything(system, begun);
  if (begun?.phase === 'back') return putBack(system, begun, `The update to ${begun.to} had failed.`);
  if (begun !== null) {
    if (version === begun.to && state === 'installed') return null;
    const deb = [incoming(system), keptPackage(system, begun.to)].find((path) => existsSync(path));
    if (deb !== undefined && install(system, deb).ok) return { ok: true };
    return putBack(system, begun, `The update to ${begun.to} was interrupted.`);
  }
  const newest = forgets ? newestKept(system) : null;
  if (newest === null || !isOlder(system, version ?? '', newest)) return null;
  const installed = install(system, keptPackage(system, newest));
  return installed.ok
    ? { ok: true }
    : { ok: false, why: `${newest} could not be installed again:\n${lastLines(installed.text)}` };
}

/** From the package in `incoming` to a daemon that is ready, or to the one before. */
export async function update(system: System, begun: Omit<Begun, 'phase'>): Promise<Ended> {
  noteThat(system, { ...begun, phase: 'stopping' });
  stop(system);
  copyDatabase(system);
  noteThat(system, { ...begun, phase: 'copied' });
  const installed = install(system, incoming(system));
  if (!installed.ok) return goBack(system, begun, `It could not be installed:\n${lastLines(installed.text)}`);
  start(system);
  if (await system.becomesReady()) return finish(system, begun);
  return goBack(system, begun, `${begun.to} did not become ready within a minute:\n${lastWords(system)}`);
}

/** Ends what was interrupted: in the new version where that is installed and ready, else in the one before. */
export async function recover(system: System, begun: Begun): Promise<Ended> {
  if (begun.phase === 'stopping') {
    start(system);
    return beforeAnything(system, begun);
  }
  if (begun.phase === 'back') return goBack(system, begun, `The update to ${begun.to} had failed.`);
  const [version, state] = installedVersion(system);
  if (version === begun.to && state === 'installed') {
    start(system);
    if (await system.becomesReady()) return finish(system, begun);
  }
  return goBack(system, begun, `The update to ${begun.to} was interrupted.`);
}

export function installedVersion(system: System): readonly string[] {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholders
  const format = '${Version} ${db:Status-Status}';
  return system.run('dpkg-query', '-W', '-f', format, 'segue').text.trim().split(' ');
}

function beforeAnything(system: System, { to }: Begun): Ended {
  forget(system);
  return { ok: false, why: `The update to ${to} was interrupted before anything was changed.` };
}

/** `one` is a lower version than `other`. */
export const isOlder = (system: System, one: string, other: string) =>
  system.run('dpkg', '--compare-versions', one, 'lt', other).ok;

/** What a package is called while it is kept. */
const nameOf = (version: string) => `segue_${version}.deb`;
const keptPackage = (system: System, version: string) => join(system.cacheDirectory, nameOf(version));

/** The package of a version, where it is at hand to go back to. */
export function packageOf(system: System, version: string): string | null {
  const paths = [system.cacheDirectory, ...system.packageFolders].map((folder) =>
    join(folder, nameOf(version)),
  );
  return paths.find((path) => existsSync(path)) ?? null;
}

function keptVersions(system: System): string[] {
  return readdirSync(system.cacheDirectory).flatMap((name) => /^segue_(.+)\.deb$/.exec(name)?.[1] ?? []);
}

function newestKept(system: System): string | null {
  const [first, ...others] = keptVersions(system);
  return others.reduce((best, each) => (isOlder(system, best, each) ? each : best), first ?? '') || null;
}

/** The package of the version before goes last: until then there is a way back. */
function finish(system: System, { to }: Omit<Begun, 'phase'>): Ended {
  if (existsSync(incoming(system))) renameSync(incoming(system), keptPackage(system, to));
  forget(system);
  for (const version of keptVersions(system).filter((each) => each !== to))
    rmSync(keptPackage(system, version));
  return { ok: true };
}

function goBack(system: System, begun: Omit<Begun, 'phase'>, why: string): Ended {
  if (begun.previous !== null) stop(system);
  const ended = putBack(system, begun, why);
  if (begunIn(system) === null && begun.previous !== null) start(system);
  return ended;
}

/** The version before, with its database, while nothing plays. What was begun is forgotten before it plays: its database must not be
 *  put back a second time. */
function putBack(system: System, begun: Omit<Begun, 'phase'>, why: string): Ended {
  const { from, previous } = begun;
  if (previous === null) {
    // The next update must not begin with this one.
    rmSync(note(system), { force: true });
    return {
      ok: false,
      why: `${why}\nThere is no package of ${from} to go back to; the database of before is in ${copies(system)}.`,
    };
  }
  noteThat(system, { ...begun, phase: 'back' });
  restoreDatabase(system);
  const [version, state] = installedVersion(system);
  const back = version === from && state === 'installed' ? { ok: true, text: '' } : install(system, previous);
  if (!back.ok)
    return {
      ok: false,
      why: `${why}\n${from} could not be put back: ${lastLines(back.text)}\nTry again: segue update --recover`,
    };
  forget(system);
  return { ok: false, why: `${why}\nBack at ${from}, with its database.` };
}

function forget(system: System): void {
  rmSync(note(system), { force: true });
  system.run('sync');
  rmSync(copies(system), { recursive: true, force: true });
  rmSync(incoming(system), { force: true });
}

const lastLines = (text: string) => text.trim().split('\n').slice(-8).join('\n');
const lastWords = (system: System) =>
  system.run('journalctl', '-u', 'segue', '-n', '20', '-o', 'cat', '--no-pager').text.trim();
