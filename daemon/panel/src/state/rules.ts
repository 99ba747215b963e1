// Searching the rules, and what is said of how often one acted. Pure.
import type { RuleLine } from '../../../adapters/http/shapes.ts';
import { timeOfDay } from '../words.ts';

/** Those in whose sentence or name every word is, in their order. */
export function matching(rules: readonly RuleLine[], text: string): readonly RuleLine[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rules;
  return rules.filter(({ name, sentence }) => {
    const all = `${name} ${sentence}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** "3 times, last at 14:05"; with the date when that was not today. */
export function timesText({ fired, failed, lastAtMs }: RuleLine, nowMs: number): string {
  if (fired === 0 || lastAtMs === null) return 'not yet';
  const at = new Date(lastAtMs);
  const isToday = at.toDateString() === new Date(nowMs).toDateString();
  const day = isToday ? '' : ` on ${at.toLocaleDateString([], { day: 'numeric', month: 'long' })}`;
  const times = fired === 1 ? 'once' : `${fired.toLocaleString('en')} times`;
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  return `${times}, last${day} at ${timeOfDay(lastAtMs)}${failures}`;
}
