// Match: whether a record is what a rule's WHEN asks for, and with which others of its flow. Pure.
import type { CompiledWhen, Watcher } from './compile.ts';
import type { FlowRecord } from './record.ts';
import type { Row } from './rule.ts';

/** A new row, extended by what the first matching alternative binds, or null. */
export function matchOne(
  patterns: readonly CompiledWhen[],
  record: Pick<FlowRecord, 'kind' | 'input' | 'output'>,
  newRow: () => Row,
): Row | null {
  for (let i = 0; i < patterns.length; i++) {
    const { kind, input, output } = patterns[i] as CompiledWhen;
    if (kind !== record.kind || !input.accepts(record.input)) continue;
    if (!output.isEmpty && (record.output === null || !output.accepts(record.output))) continue;
    const row = newRow();
    if (input.bind(row, record.input) && (output.isEmpty || output.bind(row, record.output as object)))
      return row;
  }
  return null;
}

/** Every tuple of the flow that holds `record` at the watcher's place and older records elsewhere; all of them before
 *  the first is acted on, which adds records. */
export function matchSeveral(
  { rule, place, patterns }: Watcher,
  record: FlowRecord,
): readonly { readonly causes: readonly FlowRecord[]; readonly row: Row }[] {
  const first = matchOne(patterns, record, rule.newRow);
  if (first === null) return [];
  const tuple: FlowRecord[] = new Array(rule.when.length);
  tuple[place] = record;
  const found: { causes: FlowRecord[]; row: Row }[] = [];
  const extend = (at: number, row: Row): void => {
    if (at === tuple.length) {
      found.push({ causes: tuple.slice(), row });
      return;
    }
    if (at === place) {
      extend(at + 1, row);
      return;
    }
    for (let other = record.flow.firstRecord; other !== null; other = other.next) {
      if (other.place < 0 || other.place >= record.place || tuple.lastIndexOf(other, at - 1) >= 0) continue;
      const next = matchOne(rule.when[at] as readonly CompiledWhen[], other, () => ({ ...row }));
      if (next === null) continue;
      tuple[at] = other;
      extend(at + 1, next);
    }
  };
  extend(0, first);
  return found;
}
