// Decide: a THEN whose actions are decided when it runs, by a pure function that returns them. It takes none itself:
// the evaluator does, so that each has its rule and its causes like any other.
import type { CompiledThen } from './compile.ts';
import { compilePattern } from './pattern.ts';
import type { Kind } from './record.ts';
import type { DecidedAction, Decision, Row } from './rule.ts';

export interface CompiledDecision {
  /** The actions it may decide on, by "Concept.action". */
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly decide: (row: Row) => readonly DecidedAction[];
}

const anyOutput = compilePattern({});

export function compileDecision(
  decision: Decision | undefined,
  kindOf: (key: string) => Kind,
): CompiledDecision | null {
  if (decision === undefined) return null;
  return {
    kinds: new Map(decision.may.map((key) => [key, kindOf(key)])),
    decide: decision.decide as CompiledDecision['decide'],
  };
}

/** An action that was decided: a step whose arguments are there already. */
class DecidedStep implements CompiledThen {
  readonly kind: Kind;
  readonly output = anyOutput;
  readonly guard = null;
  readonly #input: object;

  constructor(kind: Kind, input: object) {
    this.kind = kind;
    this.#input = input;
  }

  args(): object {
    return this.#input;
  }
}

/** The steps for one row. Throws when the function does, and on an action it did not say that it may take. */
export function decidedSteps({ kinds, decide }: CompiledDecision, row: Row): readonly CompiledThen[] {
  const steps: CompiledThen[] = [];
  for (const { key, args } of decide(row)) {
    const kind = kinds.get(key);
    if (kind === undefined)
      throw new Error(`${key} is none of the actions that it may take (${[...kinds.keys()].join(', ')})`);
    // A frozen spread would be of a hidden class of its own each time, which slows down whoever reads it.
    steps.push(new DecidedStep(kind, Object.freeze(Object.assign({}, args))));
  }
  return steps;
}
