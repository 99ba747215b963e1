// Where flavors come from, and which is believed. Pure: words for SQL.

/** For ORDER BY over rows of `flavors` (by that alias, if one is given): the best source last, so that it stands where two
 *  say the same and later rows are written over earlier ones. */
export function bestSourceLast(alias?: string): string {
  const source = alias === undefined ? 'source' : `${alias}.source`;
  return `CASE ${source} WHEN 'local' THEN 0 WHEN 'acousticbrainz' THEN 1 ELSE 2 END`;
}
