// Search: passages by words of their artists, titles and albums, in this order. Main thread; a few milliseconds at most.
import type { PassageId } from '../../../sync/vocabulary/common.ts';
import type { Db } from '../../ports.ts';
import { expressionsOf } from './search-text.ts';

/** More hits than this are in order of id within their tier: to rank 50,000 of them took 60 ms of the main thread. */
const MOST_RANKED = 2000;
/** Of title, artist and album. So far apart that a hit in the artist is before any in a title alone: the score of one word
 *  grows with its weight towards a limit, and only what is left to that limit depends on how long the texts are. */
const RANKED = 'bm25(search, 10.0, 1000.0, 0.1)';

export interface Search {
  /** The next `limit` hits after one of them (null: the first); null where the text names nothing. */
  find(text: string, limit: number, after: PassageId | null): PassageId[] | null;
  /** Up to `most` hits, in no order that means anything. */
  all(text: string, most: number): PassageId[];
}

export function createSearch(db: Db): Search {
  const ranked = db
    .prepare<{ match: string; after: number | null; limit: number }, number>(
      `WITH found AS MATERIALIZED (SELECT rowid, ${RANKED} AS place FROM search WHERE search MATCH @match)
       SELECT rowid FROM found
       WHERE @after IS NULL OR (place, rowid) > (SELECT place, rowid FROM found WHERE rowid = @after)
       ORDER BY place, rowid LIMIT @limit`,
    )
    .pluck();
  const hits = db
    .prepare<{ match: string; after: number; limit: number }, number>(
      'SELECT rowid FROM search WHERE search MATCH @match AND rowid > @after ORDER BY rowid LIMIT @limit',
    )
    .pluck();

  const isHit = (match: string, passage: PassageId) =>
    hits.all({ match, after: passage - 1, limit: 1 })[0] === passage;

  function byTiers(tiers: readonly string[], limit: number, after: PassageId | null): PassageId[] {
    const from =
      after === null
        ? 0
        : Math.max(
            0,
            tiers.findIndex((match) => isHit(match, after)),
          );
    const found: PassageId[] = [];
    for (const [i, match] of tiers.slice(from).entries()) {
      const left = limit - found.length;
      if (left > 0) found.push(...hits.all({ match, after: i === 0 ? (after ?? 0) : 0, limit: left }));
    }
    return found;
  }

  return {
    find(text, limit, after) {
      const expressions = expressionsOf(text);
      if (expressions === null) return null;
      const { all, tiers } = expressions;
      const isBroad = hits.all({ match: all, after: 0, limit: MOST_RANKED + 1 }).length > MOST_RANKED;
      return isBroad ? byTiers(tiers, limit, after) : ranked.all({ match: all, after, limit });
    },
    all(text, most) {
      const match = expressionsOf(text)?.all;
      return match === undefined ? [] : hits.all({ match, after: 0, limit: most });
    },
  };
}
