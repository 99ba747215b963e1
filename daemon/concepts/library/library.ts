// Library: which music there is, and in what state. Main thread; writes segue.db, reads no file.
// Every action that changes something says so once, with `changed`.
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { FileId } from '../../../sync/vocabulary/common.ts';
import type { LibraryVocabulary } from '../../../sync/vocabulary/library.ts';
import { unsoundCharacteristics } from '../../policy/flavor.ts';
import type { Clock, Db } from '../../ports.ts';
import type { LoudnessMode } from './loudness.ts';
import { ownName } from './own-flavors.ts';
import { createQueries } from './queries.ts';
import { createStore } from './store.ts';

const OWN_NAME = /^[a-z][a-z0-9_]{0,39}$/;

export interface LibraryPorts {
  readonly db: Db;
  readonly clock: Clock;
  readonly emit: Emit<LibraryVocabulary>;
  /** What the loudness setting says now. */
  readonly loudness: () => LoudnessMode;
  /** Whether what the analysis found about the ends of a file is used. */
  readonly usesContentPoints: () => boolean;
  /** Runs soon, after what is under way. */
  readonly later: (run: () => void) => void;
}

export function createLibrary(ports: LibraryPorts): Implementation<LibraryVocabulary> {
  const { db, clock, emit } = ports;
  const store = createStore(db);
  const passages = db.prepare<[], { count: number }>(
    'SELECT count(*) AS count FROM passages WHERE retired = 0',
  );
  const folder = db.prepare<[number], { path: string; available: number }>(
    'SELECT path, available FROM music_folders WHERE id = ?',
  );
  const addFolder = db.prepare<[string], { id: number }>(
    'INSERT INTO music_folders (path) VALUES (?) ON CONFLICT (path) DO UPDATE SET active = 1 RETURNING id',
  );
  const configure = db.prepare('UPDATE music_folders SET configured = 1 WHERE id = ? AND configured = 0');
  const configured = db
    .prepare<[], number>('SELECT id FROM music_folders WHERE configured = 1 AND active = 1')
    .pluck();
  const retire = db.prepare('UPDATE music_folders SET active = 0 WHERE id = ?');
  const setBase = db.prepare<[number, number, number]>(
    'UPDATE songs SET base = ? WHERE id IN (SELECT song FROM passage_songs WHERE passage = ?) AND base <> ?',
  );
  const setAvailable = db.prepare('UPDATE music_folders SET available = ? WHERE id = ?');

  const inTransaction = db.transaction((work: () => void) => work());
  function changed(): void {
    emit('changed', { passages: passages.get()?.count ?? 0 });
  }

  /** What is not there is missing until it is seen again; what is broken stays that. */
  function lose(file: { id: FileId; state: string } | undefined): { file: FileId | null } {
    if (file?.state === 'ok') {
      store.setState(file.id, 'missing', null);
      changed();
    }
    return { file: file?.id ?? null };
  }

  return {
    actions: {
      addFiles({ files }) {
        const sum = { added: 0, updated: 0, moved: 0 };
        const nowMs = clock.nowMs();
        inTransaction(() => {
          for (const file of files) sum[store.putFile(file, nowMs)]++;
        });
        if (files.length > 0) changed();
        return sum;
      },

      setAnalysis({ files }) {
        let updated = 0;
        inTransaction(() => {
          for (const file of files) {
            if (!store.putAnalysis(file)) continue;
            updated++;
            if (file.remark !== null) store.noteFailure(file.folder, file.path, file.remark, clock.nowMs());
          }
        });
        if (updated > 0) changed();
        return { updated };
      },

      calibrate() {
        let step = { version: 0, passages: 0, done: true };
        inTransaction(() => {
          step = store.localFlavors.calibrate();
        });
        if (!step.done) ports.later(() => emit('calibrationGoesOn', { version: step.version }));
        else if (step.passages > 0) changed();
        return step;
      },

      noteBroken(input) {
        let file = 0;
        inTransaction(() => {
          file = store.putBroken(input, clock.nowMs());
        });
        emit('fileBroken', { path: input.path, reason: input.reason });
        changed();
        return { file };
      },

      markBroken({ passage, reason }) {
        const file = store.fileOfPassage(passage);
        if (!file) return { file: null };
        if (file.state === 'broken') return { file: file.id };
        inTransaction(() => {
          store.setState(file.id, 'broken', reason);
          store.noteFailure(file.folder, file.path, reason, clock.nowMs());
        });
        emit('fileBroken', { path: file.path, reason });
        changed();
        return { file: file.id };
      },

      noteGone: ({ folder: id, path }) => lose(store.fileAt(id, path)),
      markMissing: ({ passage }) => lose(store.fileOfPassage(passage)),

      reconcile({ folder: id, seen }) {
        const known = folder.get(id);
        if (!known) return { missing: 0, returned: 0 };
        // A stick that is pulled leaves an empty mount point: nothing where there was music is a lost folder too.
        const isEmptied = seen?.length === 0 && store.hasFiles(id);
        const available = seen !== null && !isEmptied ? 1 : 0;
        const paths = JSON.stringify(seen ?? []);
        let missing = 0;
        let returned = 0;
        inTransaction(() => {
          missing = available === 0 ? store.loseAll(id) : store.loseUnseen(id, paths);
          if (available === 1) returned = store.bringBack(id, paths);
          if (known.available !== available) setAvailable.run(available, id);
        });
        if (known.available === 1 && available === 0)
          emit('folderLost', { path: known.path, message: lostMessage(known.path, missing, isEmptied) });
        if (known.available === 0 && available === 1) emit('folderBack', { path: known.path });
        if (missing + returned > 0 || known.available !== available) changed();
        return { missing, returned };
      },

      setBase({ passage, base }) {
        if (!(base >= 0 && base <= 1000))
          return { error: 'OUT_OF_RANGE', message: 'The base is a number from 0 (never) to 1000.' };
        const songs = setBase.run(base, passage, base).changes;
        if (songs > 0) changed();
        else if (store.fileOfPassage(passage) === undefined)
          return { error: 'NO_SUCH_PASSAGE', message: `There is no passage ${passage}.` };
        return { songs };
      },

      learnFlavors({ recordings, byName }) {
        const found = { byId: 0, byName: 0, unknown: 0, unsound: 0 };
        inTransaction(() => {
          for (const recording of recordings) {
            const how = store.songFlavors.learn(recording, byName);
            found[how] += 1;
            if (unsoundCharacteristics(recording.flavor).length > 0) found.unsound += 1;
            if (how !== 'unknown') store.characteristics(recording.flavor);
          }
        });
        if (found.byId + found.byName > 0) changed();
        return found;
      },

      forgetFlavors() {
        let songs = 0;
        inTransaction(() => {
          songs = store.songFlavors.forgetAll();
        });
        if (songs > 0) changed();
        return { songs };
      },

      sayOwnFlavor({ passages: which, characteristic, amount }) {
        if (!OWN_NAME.test(characteristic))
          return {
            error: 'BAD_VALUE',
            message: `"${characteristic}" is no name: a letter first, then small letters, digits and _, 40 at most.`,
          };
        if (amount !== null && !(amount >= 0 && amount <= 1))
          return { error: 'BAD_VALUE', message: 'How much of it is a number from 0 to 1.' };
        let count = 0;
        inTransaction(() => {
          count = store.ownFlavors.say(which, characteristic, amount);
          store.characteristics({ [ownName(characteristic)]: { no: 0, yes: 1 } });
        });
        if (count > 0) changed();
        return { passages: count };
      },

      addFolder({ path }) {
        return { folder: (addFolder.get(path) as { id: number }).id };
      },

      setFolders({ paths }) {
        const folders: number[] = [];
        let retired: number[] = [];
        inTransaction(() => {
          for (const path of paths) {
            const { id } = addFolder.get(path) as { id: number };
            configure.run(id);
            folders.push(id);
          }
          retired = configured.all().filter((id) => !folders.includes(id));
          for (const id of retired) {
            retire.run(id);
            store.loseAll(id);
          }
        });
        if (retired.length > 0) changed();
        return { folders, retired: retired.length };
      },

      noteUnreadable({ folder: id, items }) {
        let added: readonly { path: string; reason: string }[] = [];
        inTransaction(() => {
          added = store.putUnreadable(id, items, clock.nowMs());
        });
        return { added };
      },
    },
    queries: {
      ...createQueries(ports),
      having: ({ characteristic, least }) => [{ passages: store.ownFlavors.having(characteristic, least) }],
    },
  };
}

function lostMessage(path: string, files: number, isEmptied: boolean): string {
  if (files === 0) return `The music folder ${path} cannot be read. Check that it is there, or plug it in.`;
  const what = isEmptied ? 'is empty' : 'cannot be read';
  const count = files === 1 ? 'the file' : `the ${files} files`;
  return `The music folder ${path} ${what}: ${count} in it will not be chosen until it is back. Plug it in again, or mount it.`;
}
