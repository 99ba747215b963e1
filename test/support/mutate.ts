// Damages files the way disks, cables and half-finished copies do: cuts, flipped bits, zeroed spans, and heads of one file
// before the body of another. Seeded: number n of a seed is always the same file. Pure.
import { random } from './signals.ts';

export const MUTATIONS = ['cut', 'flip', 'zero', 'splice', 'insert'] as const;
export type Mutation = (typeof MUTATIONS)[number];

export interface Specimen {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface Mutated {
  readonly kind: Mutation;
  /** Whose body it has. */
  readonly specimen: Specimen;
  readonly bytes: Buffer;
}

/** Parsers live in the head of a file: half of all damage goes there. */
const HEAD_BYTES = 1024;

/** Mutation number `number` of `seed`. */
export function mutated(specimens: readonly Specimen[], seed: number, number: number): Mutated {
  const dice = random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const below = (limit: number) => Math.floor(dice() * limit);
  const specimen = specimens[number % specimens.length] as Specimen;
  const other = (specimens[below(specimens.length)] as Specimen).bytes;
  const kind = MUTATIONS[below(MUTATIONS.length)] as Mutation;
  const whole = specimen.bytes;
  const place = () => below(dice() < 0.5 ? Math.min(HEAD_BYTES, whole.length) : whole.length);
  switch (kind) {
    case 'cut':
      return { kind, specimen, bytes: whole.subarray(0, dice() < 0.5 ? place() : below(whole.length)) };
    case 'flip': {
      const bytes = Buffer.from(whole);
      for (let left = 1 + below(2 ** below(8)); left > 0; left--) {
        const at = place();
        bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
      }
      return { kind, specimen, bytes };
    }
    case 'zero': {
      const bytes = Buffer.from(whole);
      const at = place();
      bytes.fill(0, at, Math.min(bytes.length, at + 1 + below(2 ** below(16))));
      return { kind, specimen, bytes };
    }
    case 'splice': {
      const reach = 1 + below(2 ** (3 + below(10)));
      const from = dice() < 0.5 ? reach : place();
      return { kind, specimen, bytes: Buffer.concat([other.subarray(0, reach), whole.subarray(from)]) };
    }
    case 'insert': {
      const at = place();
      const piece = other.subarray(0, 1 + below(4096));
      return { kind, specimen, bytes: Buffer.concat([whole.subarray(0, at), piece, whole.subarray(at)]) };
    }
  }
}
