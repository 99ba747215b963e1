// The sample rate of most of the music, by its length: what the start goes by, before there is a library to ask.
import type { Db } from '../../ports.ts';

/** In Hz; null: there is no music, or its rates are not known. */
export function mainRateHz(db: Db): number | null {
  const sql = `SELECT rate_hz AS rateHz FROM files WHERE state = 'ok' AND rate_hz IS NOT NULL
    GROUP BY rate_hz ORDER BY sum(duration_ticks) DESC, rate_hz LIMIT 1`;
  return db.prepare<[], { rateHz: number }>(sql).get()?.rateHz ?? null;
}
