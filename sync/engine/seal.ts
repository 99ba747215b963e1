// Seal: what the trace keeps of an input or output. Small plain data is kept as it is; large values are cut with a
// mark, sensitive fields replaced before anything is recorded. Pure.
import type { Kind } from './record.ts';

const maxText = 200;
const maxItems = 32;
/** Up to this a value is kept whole: so much longer that what has been cut, with its mark, is not cut again. */
const wholeText = maxText + 24;
const wholeItems = maxItems + 1;
const maxDepth = 6;
const maxNodes = 300;

/** Counts the nodes of the value being weighed: one at a time, synchronous. */
let nodes = 0;

/** Rough bytes that keeping the value costs; -1 if it is too large to be kept whole. */
export function weigh(value: object): number {
  nodes = 0;
  return weighObject(value, 0);
}

function weighObject(value: object, depth: number): number {
  if (++nodes > maxNodes || depth > maxDepth) return -1;
  if (ArrayBuffer.isView(value)) return -1;
  if (Array.isArray(value)) {
    if (value.length > wholeItems) return -1;
    let bytes = 32;
    for (let i = 0; i < value.length; i++) {
      const item = weighValue(value[i], depth);
      if (item < 0) return -1;
      bytes += item;
    }
    return bytes;
  }
  let bytes = 32;
  for (const key in value) {
    const item = weighValue((value as Record<string, unknown>)[key], depth);
    if (item < 0) return -1;
    bytes += item;
  }
  return bytes;
}

function weighValue(value: unknown, depth: number): number {
  if (typeof value === 'number' || typeof value === 'boolean') return 8;
  if (typeof value === 'string') return value.length > wholeText ? -1 : 24 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  const bytes = weighObject(value, depth + 1);
  return bytes < 0 ? -1 : 8 + bytes;
}

/** The value as it may be shown: whole, or a copy that is cut and redacted. */
export function forTrace(value: object, kind: Kind): unknown {
  if (!kind.traced) return null;
  if (kind.sensitive !== null) return cut(value, kind.sensitive);
  return weigh(value) < 0 ? cut(value, none) : value;
}

const none: ReadonlySet<string> = new Set();

/** A copy within the limits. Marks: "…(+n)" in a text or list, "[cut]" below the depth, "[redacted]". */
export function cut(value: unknown, sensitive: ReadonlySet<string>): unknown {
  let left = maxNodes;
  const copy = (part: unknown, depth: number): unknown => {
    if (typeof part === 'string' && part.length > wholeText)
      return `${part.slice(0, maxText)}…(+${part.length - maxText})`;
    if (typeof part !== 'object' || part === null) return part;
    if (--left < 0 || depth > maxDepth) return '[cut]';
    if (ArrayBuffer.isView(part)) return `[${part.constructor.name} of ${part.byteLength} bytes]`;
    if (Array.isArray(part)) {
      const isWhole = part.length <= wholeItems;
      const items = (isWhole ? part : part.slice(0, maxItems)).map((item) => copy(item, depth + 1));
      return isWhole ? items : [...items, `…(+${part.length - maxItems})`];
    }
    const fields: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(part))
      fields[key] = sensitive.has(key) ? '[redacted]' : copy(field, depth + 1);
    return fields;
  };
  return copy(value, 0);
}
