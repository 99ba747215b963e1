// The SQL of Taste. Writes likes alone; reads which songs a passage has, and flavors.
import type { Flavor } from '../../../sync/vocabulary/director.ts';
import type { Opinion, Opinions, TasteRow } from '../../../sync/vocabulary/taste.ts';
import { bestSourceLast } from '../../policy/flavor-sources.ts';
import type { Said } from '../../policy/taste.ts';
import type { Db } from '../../ports.ts';

export interface Liked {
  readonly weight: number;
  readonly atMs: number;
  readonly flavor: Flavor;
}

export interface TasteStore {
  hasPassage(passage: number): boolean;
  /** In the order in which they sound, each once; up to `untilTicks` into the passage. */
  songsOf(passage: number, untilTicks: number | null): readonly number[];
  last(person: string, song: number): (Said & { readonly id: number }) | null;
  add(person: string, song: number, said: Said, isForGood: boolean): void;
  /** Weight 0 removes it. */
  change(id: number, weight: number, atMs: number): void;
  remove(person: string, song: number, kind: Opinion): number;
  opinionsOf(passage: number): Opinions;
  /** What is liked and known by its sound. */
  liked(): readonly Liked[];
  all(limit: number): readonly TasteRow[];
}

export function createTasteStore(db: Db): TasteStore {
  const hasPassage = db.prepare('SELECT 1 FROM passages WHERE id = ?').pluck();
  const songsOf = db
    .prepare(
      'SELECT song FROM passage_songs WHERE passage = @passage AND (@until IS NULL OR from_ticks <= @until) GROUP BY song ORDER BY max(from_ticks), song',
    )
    .pluck();
  const last = db.prepare(
    'SELECT id, kind, weight, at_ms AS atMs FROM likes WHERE song = @song AND person = @person ORDER BY at_ms DESC, id DESC LIMIT 1',
  );
  const add = db.prepare(
    'INSERT INTO likes (person, song, kind, weight, at_ms, for_good) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const change = db.prepare('UPDATE likes SET weight = ?, at_ms = ? WHERE id = ?');
  const removeOne = db.prepare('DELETE FROM likes WHERE id = ?');
  const remove = db.prepare('DELETE FROM likes WHERE person = ? AND song = ? AND kind = ?');
  const weightOf = (kind: Opinion) => `total(l.weight) FILTER (WHERE l.kind = '${kind}')`;
  const opinions = db.prepare(
    `SELECT ${weightOf('like')} AS likes, ${weightOf('dislike')} AS dislikes
     FROM likes l WHERE l.song IN (SELECT song FROM passage_songs WHERE passage = ?)`,
  );
  // A song sounds as its first passage that has been analysed.
  const liked = db
    .prepare(
      `SELECT l.id, l.weight, l.at_ms, v.value
       FROM likes l JOIN flavors v ON v.passage = (
         SELECT x.passage FROM passage_songs x WHERE x.song = l.song
           AND EXISTS (SELECT 1 FROM flavors f WHERE f.passage = x.passage) ORDER BY x.passage LIMIT 1)
       WHERE l.kind = 'like'
       ORDER BY l.id, ${bestSourceLast('v')}`,
    )
    .raw();
  const all = db.prepare(
    `SELECT s.id AS song, s.title, coalesce((
         SELECT group_concat(a.name, ', ') FROM song_artists x JOIN artists a ON a.id = x.artist WHERE x.song = s.id), '')
         AS artist,
       ${weightOf('like')} AS likes, ${weightOf('dislike')} AS dislikes, max(l.for_good) AS forGood, max(l.at_ms) AS atMs
     FROM likes l JOIN songs s ON s.id = l.song GROUP BY s.id ORDER BY atMs DESC, s.id LIMIT ?`,
  );
  return {
    hasPassage: (passage) => hasPassage.get(passage) !== undefined,
    songsOf: (passage, until) => songsOf.all({ passage, until }) as number[],
    last: (person, song) =>
      (last.get({ person, song }) as (Said & { readonly id: number }) | undefined) ?? null,
    add: (person, song, { kind, weight, atMs }, isForGood) =>
      void add.run(person, song, kind, weight, atMs, isForGood ? 1 : 0),
    change: (id, weight, atMs) => void (weight > 0 ? change.run(weight, atMs, id) : removeOne.run(id)),
    remove: (person, song, kind) => remove.run(person, song, kind).changes,
    opinionsOf: (passage) => opinions.get(passage) as Opinions,
    liked() {
      const found = new Map<number, Liked>();
      for (const [id, weight, atMs, value] of liked.iterate() as Iterable<[number, number, number, string]>) {
        const flavor = { ...found.get(id)?.flavor, ...(JSON.parse(value) as Flavor) };
        found.set(id, { weight, atMs, flavor });
      }
      return [...found.values()];
    },
    all: (limit) =>
      (all.all(limit) as (Omit<TasteRow, 'forGood'> & { forGood: number })[]).map((row) => ({
        ...row,
        forGood: row.forGood === 1,
      })),
  };
}
