// The Library's actions and queries over a real database in memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secondsToTicks } from '../../../audio/ticks.ts';
import { NOTHING_MEASURED } from '../../../daemon/policy/local-flavor.ts';
import { setFlavor } from '../../support/library.ts';
import { fileOf, openLibrary } from '../../support/library-fixture.ts';

type Added = { added: number; updated: number; moved: number };

function withFolder(options: Parameters<typeof openLibrary>[0] = {}) {
  const library = openLibrary(options);
  library.actions.addFolder({ path: '/music' });
  const add = (...files: ReturnType<typeof fileOf>[]) => library.actions.addFiles({ files }) as Added;
  const counts = () => library.queries.counts({})[0];
  const titles = (text: string) => library.queries.search({ text, limit: 50 }).map((card) => card.title);
  return { ...library, add, counts, titles };
}

test('a file becomes a passage with song, artists, album, art and a card', () => {
  const { add, queries, db } = withFolder();
  const tags = {
    title: 'Blue',
    artists: ['Ann', 'Bob', 'ann'],
    album: 'Sky',
    albumArtist: 'Ann',
    track: 3,
    disc: 1,
  };
  assert.deepEqual(add(fileOf('a/blue.flac', { tags, artFile: 'x.png' })), {
    added: 1,
    updated: 0,
    moved: 0,
  });
  assert.deepEqual(queries.card({ passage: 1 }), [
    {
      passage: 1,
      title: 'Blue',
      artist: 'Ann, Bob',
      album: 'Sky',
      albumId: 1,
      durationMs: 200_000,
      song: 1,
      art: 1,
      state: 'ok',
      path: 'a/blue.flac',
    },
  ]);
  assert.deepEqual(queries.artists({ passage: 1 }), [
    { artist: 1, name: 'Ann' },
    { artist: 2, name: 'Bob' },
  ]);
  assert.deepEqual(queries.art({ art: 1 }), [{ file: 'x.png', mime: 'image/png' }]);
  const weights = db.prepare('SELECT weight FROM song_artists').pluck().all();
  assert.deepEqual(weights, [0.5, 0.5]);
});

test('a playable has the absolute path, the points and the whole length', () => {
  const { add, queries } = withFolder();
  add(fileOf('a.flac', { tags: { album: 'X', track: 2, disc: 1 } }));
  const [playable] = queries.playable({ passage: 1 });
  assert.equal(playable?.path, '/music/a.flac');
  assert.equal(playable?.fileTicks, secondsToTicks(200));
  assert.deepEqual(playable?.points, {
    startTicks: 0,
    fadeInTicks: null,
    leadInTicks: null,
    leadOutTicks: null,
    fadeOutTicks: null,
    endTicks: secondsToTicks(200),
  });
  assert.deepEqual([playable?.album, playable?.disc, playable?.track], [1, 1, 2]);
  assert.deepEqual(queries.playable({ passage: 99 }), []);
});

test('a file seen again unchanged is updated in place, and one song has one row', () => {
  const { add, counts } = withFolder();
  const tags = { title: 'Déjà  Vu!', artists: ['Beyoncé'] };
  add(fileOf('a.flac', { tags }));
  assert.equal(add(fileOf('a.flac', { tags })).updated, 1);
  add(fileOf('b.mp3', { tags: { title: 'deja vu', artists: ['BEYONCE'] } }));
  assert.deepEqual([counts()?.passages, counts()?.songs, counts()?.artists], [2, 1, 1]);
});

test('a recording id decides over names; files without artist are songs of their own', () => {
  const { add, counts } = withFolder();
  add(
    fileOf('a.flac', { tags: { title: 'A', recordingMbid: 'ID-1' } }),
    fileOf('b.flac', { tags: { title: 'B', recordingMbid: 'id-1' } }),
    fileOf('c/01.flac', { tags: { title: null, artists: [] } }),
    fileOf('d/01.flac', { tags: { title: null, artists: [] } }),
  );
  assert.deepEqual([counts()?.passages, counts()?.songs], [4, 3]);
});

test('lyrics come, change and go with the tags of the file', () => {
  const { add, queries } = withFolder();
  const lyrics = () => queries.lyrics({ passage: 1 });
  add(fileOf('a.flac', { tags: { title: 'A' } }));
  assert.deepEqual(lyrics(), []);
  add(fileOf('a.flac', { tags: { title: 'A', lyrics: 'One\nTwo' } }));
  assert.deepEqual(lyrics(), [{ title: 'A', text: 'One\nTwo' }]);
  add(fileOf('a.flac', { tags: { title: 'A' } }));
  assert.deepEqual(lyrics(), []);
});

test('a retag replaces title, artists and what search finds', () => {
  const { add, queries, titles, counts } = withFolder();
  add(fileOf('a.flac', { tags: { title: 'Wrong', artists: ['Nobody'] } }));
  add(fileOf('a.flac', { contentKey: 'new', tags: { title: 'Right', artists: ['Somebody'] } }));
  assert.deepEqual(titles('wrong'), []);
  assert.deepEqual(titles('nobody'), []);
  assert.deepEqual(titles('somebody'), ['Right']);
  assert.equal(queries.artists({ passage: 1 })[0]?.name, 'Somebody');
  assert.equal(counts()?.songs, 1);
});

test('a moved file keeps its passage; a copy does not take it', () => {
  const { add, actions, queries, counts } = withFolder();
  add(fileOf('old/a.flac', { contentKey: 'same' }));
  assert.deepEqual(add(fileOf('copy/a.flac', { contentKey: 'same' })), { added: 1, updated: 0, moved: 0 });
  actions.reconcile({ folder: 1, seen: ['copy/a.flac', 'new/b.flac'] });
  assert.deepEqual(add(fileOf('new/b.flac', { contentKey: 'same' })), { added: 0, updated: 0, moved: 1 });
  assert.equal(queries.card({ passage: 1 })[0]?.path, 'new/b.flac');
  assert.equal(queries.card({ passage: 1 })[0]?.state, 'ok');
  assert.deepEqual([counts()?.files, counts()?.missing], [2, 0]);
});

test('the analysis sets the exact length and a flavor; changed content is analysed again', () => {
  const { add, actions, queries, db } = withFolder();
  add(fileOf('a.mp3'));
  const analysed = {
    folder: 1,
    path: 'a.mp3',
    durationTicks: secondsToTicks(199),
    peakDb: -0.5,
    audioKey: null,
    loudnessLufs: -11,
    truePeakDb: -0.25,
    content: null,
    measures: { ...NOTHING_MEASURED, levelDb: -17, onsets: 5 },
    parts: null,
    flavorVersion: 3,
    analysisVersion: 7,
    remark: null,
  };
  assert.deepEqual(actions.setAnalysis({ files: [analysed, { ...analysed, path: 'gone.mp3' }] }), {
    updated: 1,
  });
  assert.equal(queries.playable({ passage: 1 })[0]?.fileTicks, secondsToTicks(199));
  const versions = () =>
    queries.knownFiles({ folder: 1 }).map((file) => [file.flavorVersion, file.analysisVersion])[0];
  assert.deepEqual(versions(), [3, 7]);
  assert.equal(queries.playable({ passage: 1 })[0]?.gainDb, -5);
  const labels = db.prepare("SELECT labels FROM characteristics WHERE name = 'local.energy'").pluck().get();
  assert.equal(labels, '["high","low"]');
  assert.deepEqual(queries.flavor({ passage: 1 })[0]?.flavor['local.energy'], { high: 0.5, low: 0.5 });
  add(fileOf('a.mp3', { mtimeMs: 5 }));
  assert.equal(queries.playable({ passage: 1 })[0]?.fileTicks, secondsToTicks(199), 'touched only');
  assert.deepEqual(versions(), [3, 7]);
  add(fileOf('a.mp3', { contentKey: 'other' }));
  assert.equal(queries.playable({ passage: 1 })[0]?.fileTicks, secondsToTicks(200));
  assert.deepEqual(versions(), [null, null]);
  assert.equal(queries.playable({ passage: 1 })[0]?.gainDb, 0);
});

test('a broken file is listed with its reason, said once, and forgotten when it is mended', () => {
  const { add, actions, queries, events, counts } = withFolder();
  const broken = { folder: 1, path: 'x.mp3', sizeBytes: 0, mtimeMs: 1, reason: 'It is empty.' };
  actions.noteBroken(broken);
  assert.deepEqual(events[0], { event: 'fileBroken', payload: { path: 'x.mp3', reason: 'It is empty.' } });
  assert.deepEqual(
    queries.failures({ limit: 5 }).map(({ path, reason }) => ({ path, reason })),
    [{ path: 'x.mp3', reason: 'It is empty.' }],
  );
  assert.equal(counts()?.broken, 1);
  add(fileOf('x.mp3'));
  assert.deepEqual(queries.failures({ limit: 5 }), []);
  assert.equal(counts()?.broken, 0);
});

test('markBroken and markMissing say what changed, once', () => {
  const { add, actions, events, queries } = withFolder();
  add(fileOf('a.flac'), fileOf('b.flac'));
  events.length = 0;
  actions.markBroken({ passage: 1, reason: 'Cannot be decoded.' });
  actions.markBroken({ passage: 1, reason: 'Cannot be decoded.' });
  actions.markMissing({ passage: 2 });
  actions.markMissing({ passage: 2 });
  assert.deepEqual(actions.markMissing({ passage: 77 }), { file: null });
  assert.deepEqual(
    events.map(({ event }) => event),
    ['fileBroken', 'changed', 'changed'],
  );
  assert.deepEqual(
    queries.search({ text: '', limit: 9 }).map(({ state }) => state),
    ['broken', 'missing'],
  );
});

test('a folder that vanishes is lost in one sentence, and comes back with all but the broken', () => {
  const { add, actions, events, counts, queries } = withFolder();
  add(fileOf('a.flac'), fileOf('b.flac'), fileOf('c.flac'));
  actions.markBroken({ passage: 3, reason: 'x' });
  events.length = 0;
  assert.deepEqual(actions.reconcile({ folder: 1, seen: null }), { missing: 2, returned: 0 });
  actions.reconcile({ folder: 1, seen: null });
  assert.deepEqual(
    events.map(({ event }) => event),
    ['folderLost', 'changed'],
  );
  assert.match(
    String((events[0]?.payload as { message?: string } | undefined)?.message),
    /^The music folder \/music cannot be read: the 2 files /,
  );
  assert.equal(queries.folders({})[0]?.available, false);
  events.length = 0;
  assert.deepEqual(actions.reconcile({ folder: 1, seen: ['a.flac', 'b.flac', 'c.flac'] }), {
    missing: 0,
    returned: 2,
  });
  assert.deepEqual(
    events.map(({ event }) => event),
    ['folderBack', 'changed'],
  );
  assert.deepEqual([counts()?.missing, counts()?.broken], [0, 1]);
});

test('folders that the configuration no longer names are put away, those a person added are not', () => {
  const { actions, add, counts, queries } = withFolder();
  const setFolders = (...paths: string[]) =>
    actions.setFolders({ paths }) as { folders: number[]; retired: number };
  assert.deepEqual(setFolders('/demo'), { folders: [2], retired: 0 });
  add(fileOf('a.flac'), fileOf('b.flac', { folder: 2 }));
  assert.deepEqual(setFolders('/other'), { folders: [3], retired: 1 });
  assert.deepEqual(
    queries.folders({}).map(({ path }) => path),
    ['/music', '/other'],
  );
  assert.equal(counts()?.missing, 1);
  assert.deepEqual(setFolders('/demo', '/other'), { folders: [2, 3], retired: 0 });
  actions.reconcile({ folder: 2, seen: ['b.flac'] });
  assert.equal(counts()?.missing, 0);
});

test('a mount point left empty is a lost folder; a new empty folder is not', () => {
  const { add, actions, events } = withFolder();
  actions.reconcile({ folder: 1, seen: [] });
  assert.deepEqual(events, []);
  add(fileOf('a.flac'));
  actions.reconcile({ folder: 1, seen: [] });
  assert.ok(events.some(({ event }) => event === 'folderLost'));
});

test('unreadable places are replaced as a list and leave broken files alone', () => {
  const { actions, queries } = withFolder();
  actions.noteBroken({ folder: 1, path: 'x.mp3', sizeBytes: 0, mtimeMs: 1, reason: 'empty' });
  actions.noteUnreadable({
    folder: 1,
    items: [
      { path: 'secret', reason: 'no' },
      { path: 'loop', reason: 'no' },
    ],
  });
  actions.noteUnreadable({ folder: 1, items: [{ path: 'secret', reason: 'no' }] });
  assert.deepEqual(
    queries.failures({ limit: 9 }).map(({ path }) => path),
    ['secret', 'x.mp3'],
  );
});

test('search finds beginnings of words without accents, best first, and survives any text', () => {
  const { add, titles, queries } = withFolder();
  add(
    fileOf('1', { tags: { title: 'Café Noir', artists: ['Zoë'] } }),
    fileOf('2', { tags: { title: 'Night', artists: ['Noir Désir'] } }),
    fileOf('3', { tags: { title: 'Other', artists: ['Else'], album: 'Noir' } }),
  );
  assert.deepEqual(titles('noi'), ['Night', 'Café Noir', 'Other']);
  assert.deepEqual(titles('CAFE zoe'), ['Café Noir']);
  assert.deepEqual(titles('désir'), ['Night']);
  assert.deepEqual(titles('caf zoe nothing'), []);
  for (const text of [
    '"',
    "'",
    'AND',
    'a" OR "b',
    'NEAR(',
    '*',
    '-',
    'title:',
    '^x',
    '(',
    '\u0000',
    '🎵',
    '%',
    'NOT NOT',
  ])
    assert.doesNotThrow(() => titles(text), text);
  assert.equal(queries.search({ text: '  ', limit: 2 }).length, 2);
});

/** Something that begins with "bea" is in every album, in many titles, and in some artists. */
const WORDS = ['night', 'harbour', 'beat', 'slow', 'river'];
const PLAYERS = ['night', 'harbour', 'slow'];
function manyFiles(count: number) {
  return Array.from({ length: count }, (_, n) =>
    fileOf(`${n}.flac`, {
      tags: {
        title: n % 7 === 0 ? `Beat ${n}` : `${WORDS[n % 5]} song ${n % 97}`,
        artists: [n % 11 === 0 ? 'The Beatles' : `${PLAYERS[n % 3]} players ${n % 13}`],
        album: n % 17 === 0 ? 'Beaten Tracks' : 'Beat of a Long Name That Says Little',
      },
    }),
  );
}

test('a hit in the artist is before one in the title, and that before one in the album, be there few or many', () => {
  for (const count of [100, 2600]) {
    const { add, queries } = withFolder();
    for (let from = 0; from < count; from += 200) add(...manyFiles(count).slice(from, from + 200));
    const cards = queries.search({ text: 'bea', limit: 1000 });
    const tiers = cards.map(({ artist, title }) =>
      /\bbea/i.test(artist) ? 0 : /\bbea/i.test(title) ? 1 : 2,
    );
    assert.deepEqual(
      tiers,
      tiers.toSorted((a, b) => a - b),
      `${count} files`,
    );
    assert.ok(tiers.includes(0) && tiers.includes(1), `${count} files: ${[...new Set(tiers)]}`);
  }
});

test('words may be of different texts: an artist and a title', () => {
  const { add, titles } = withFolder();
  add(
    fileOf('1', { tags: { title: 'Help!', artists: ['The Beatles'], album: 'Help!' } }),
    fileOf('2', { tags: { title: 'Yesterday', artists: ['The Beatles'], album: 'Help!' } }),
    fileOf('3', { tags: { title: 'Help', artists: ['Somebody Else'] } }),
    fileOf('4', { tags: { title: 'A Hard Day’s Night', artists: ['The Beatles'] } }),
  );
  assert.deepEqual(titles('beatles help'), ['Help!', 'Yesterday']);
  assert.deepEqual(titles('help beat'), ['Help!', 'Yesterday']);
});

test('search is paged by the last passage of the page before', () => {
  for (const count of [25, 2600]) {
    const { add, queries } = withFolder();
    for (let from = 0; from < count; from += 200) add(...manyFiles(count).slice(from, from + 200));
    for (const text of ['bea', 'song', '']) {
      const all = queries.search({ text, limit: 1000 }).map(({ passage }) => passage);
      const paged: number[] = [];
      for (let after: number | undefined, pages = 0; pages < 20; after = paged.at(-1), pages++) {
        const page = queries.search({ text, limit: 70, ...(after === undefined ? {} : { after }) });
        paged.push(...page.map(({ passage }) => passage));
        if (page.length === 0) break;
      }
      assert.deepEqual(paged.slice(0, 1000), all, `${count} files, "${text}"`);
      assert.equal(new Set(paged).size, paged.length, `${count} files, "${text}": one of them twice`);
    }
  }
});

test('a compilation without album artist is one album; the same title elsewhere is another', () => {
  const { add, db } = withFolder();
  add(
    fileOf('mix/1.flac', { tags: { album: 'Hits', artists: ['A'] } }),
    fileOf('mix/2.flac', { tags: { album: 'Hits', artists: ['B'] } }),
    fileOf('other/1.flac', { tags: { album: 'Hits', artists: ['C'] } }),
    fileOf('x/1.flac', { tags: { album: 'Hits', albumArtist: 'D' } }),
    fileOf('y/1.flac', { tags: { album: 'HITS', albumArtist: 'd' } }),
  );
  assert.deepEqual(db.prepare('SELECT album FROM passages ORDER BY id').pluck().all(), [1, 1, 2, 3, 3]);
});

test('a batch that fails leaves nothing behind', () => {
  const { add, counts } = withFolder();
  assert.throws(() => add(fileOf('a.flac'), fileOf('b.flac', { folder: 99 })));
  assert.equal(counts()?.files, 0);
});

test('the base of the songs of a passage is set, and told when it is another', () => {
  const { add, actions, db, events } = withFolder();
  add(fileOf('a.flac'), fileOf('b.flac', { tags: { title: 'B' } }));
  const told = events.length;
  assert.deepEqual(actions.setBase({ passage: 1, base: 2 }), { songs: 1 });
  assert.deepEqual(actions.setBase({ passage: 1, base: 2 }), { songs: 0 });
  assert.equal(events.length, told + 1);
  assert.deepEqual(db.prepare('SELECT base FROM songs ORDER BY id').pluck().all(), [2, 1]);
  const errorOf = (passage: number, base: number) => {
    const answer = actions.setBase({ passage, base });
    return 'error' in answer && answer.error;
  };
  assert.equal(errorOf(9, 2), 'NO_SUCH_PASSAGE');
  assert.equal(errorOf(1, -1), 'OUT_OF_RANGE');
  assert.equal(errorOf(1, Number.NaN), 'OUT_OF_RANGE');
});

test('matching answers all passages with one of several texts, each once', () => {
  const { add, queries } = withFolder();
  add(
    fileOf('1.flac', { tags: { title: 'White Christmas' } }),
    fileOf('2.flac', { tags: { title: 'Blue', album: 'Xmas Hits' } }),
    fileOf('3.flac', { tags: { title: 'Summer' } }),
    fileOf('4.flac', { tags: { title: 'Christmas', album: 'Xmas Hits' } }),
  );
  const matching = (...texts: string[]) => queries.matching({ texts });
  assert.deepEqual(matching('christmas', 'xmas', '"('), [{ passages: [1, 2, 4] }]);
  assert.deepEqual(matching(), [{ passages: [] }]);
});

test('albumOf answers what can be played of an album, in its order', () => {
  const { add, actions, queries } = withFolder();
  const of = (path: string, track: number | null, disc = 1) =>
    fileOf(path, { tags: { title: path, album: 'Sky', albumArtist: 'Ann', track, disc } });
  add(of('b.flac', 3), of('a.flac', 1), of('z.flac', null), of('d.flac', 1, 2), of('c.flac', 2));
  add(fileOf('alone.flac', { tags: { title: 'Alone' } }));
  actions.markBroken({ passage: 5, reason: 'cut off' });
  const album = { album: 1, title: 'Sky', passages: [2, 1, 3, 4] };
  assert.deepEqual(queries.albumOf({ passage: 1 }), [album]);
  assert.deepEqual(queries.albumOf({ passage: 5 }), [album]);
  assert.deepEqual(queries.albumOf({ passage: 6 }), []);
});

test('the flavor of a passage is all that its sources say, the best of them last', () => {
  const { add, queries, db } = withFolder();
  add(fileOf('a.flac', { tags: { title: 'Blue' } }), fileOf('b.flac', { tags: { title: 'Red' } }));
  setFlavor(db, 1, { mood: { a: 0.2, b: 0.8 }, 'local.energy': { high: 1, low: 0 } });
  setFlavor(db, 1, { mood: { a: 0.7, b: 0.3 } }, 'acousticbrainz');
  assert.deepEqual(queries.flavor({ passage: 1 }), [
    { title: 'Blue', flavor: { mood: { a: 0.7, b: 0.3 }, 'local.energy': { high: 1, low: 0 } } },
  ]);
  assert.deepEqual(queries.flavor({ passage: 2 }), [{ title: 'Red', flavor: {} }]);
  assert.deepEqual(queries.flavor({ passage: 99 }), []);
});
