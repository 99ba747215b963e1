// Rule: what a rule is once written down, whatever it was written in. Data and pure functions, no behaviour.
// The typed builder makes these; a rule read from a file would make the same.

/** Bindings of one row. Values are plain data; an unbound variable is undefined. */
export type Row = Record<string, unknown>;
export type Args = object | ((row: never) => object);

/** Field -> literal, or "?name". A whole record is bound by a "?name" alone. */
export type PatternData = Readonly<Record<string, unknown>>;

export interface WhenPattern {
  /** "Concept.action" (its completion) or "Concept.event". */
  readonly key: string;
  /** Over the action's input or the event's payload. */
  readonly input: PatternData;
  /** Over the action's output. */
  readonly output: PatternData;
}

export type WhereStep =
  | {
      readonly step: 'query';
      readonly key: string;
      readonly args: Args;
      readonly pattern: PatternData | string;
      /** each: a row per answer, none = dropped. optional: none = kept, unbound. none: kept only if nothing matches. */
      readonly mode: 'each' | 'optional' | 'none';
    }
  | { readonly step: 'filter'; readonly test: (row: never) => boolean }
  | { readonly step: 'let'; readonly name: string; readonly compute: (row: never) => unknown }
  | { readonly step: 'limit'; readonly everyMs: number; readonly keep: 'first' | 'last' };

export interface ThenStep {
  readonly key: string;
  readonly args: Args;
  /** The row stops here when the output does not match. */
  readonly output: PatternData;
  /** False: this action is left out, the row goes on. */
  readonly guard: ((row: never) => boolean) | null;
}

export interface DecidedAction {
  readonly key: string;
  readonly args: object;
}

/** Actions that are decided when the rule runs, in place of THEN steps. */
export interface Decision {
  /** Every "Concept.action" that it may decide on: known beforehand, so that rules can be listed and checked. */
  readonly may: readonly string[];
  /** Pure; once for each surviving row. Nothing: an empty list. */
  readonly decide: (row: never) => readonly DecidedAction[];
}

export interface RuleDefinition {
  /** Effect then cause: AdvanceWhenVoiceEnds. */
  readonly name: string;
  /** One sentence for people. */
  readonly summary: string;
  /** All of the patterns, each of which may have alternatives. */
  readonly when: readonly (readonly WhenPattern[])[];
  readonly where: readonly WhereStep[];
  readonly does: readonly ThenStep[];
  /** Its actions come after those of `does`; it decides before these run. */
  readonly decides?: Decision;
  /** When no row survives; sees what WHEN has bound. */
  readonly otherwise: readonly ThenStep[];
  /** The text it was made from. A rule that is replaced by one of the same name and text goes on as it was. */
  readonly text?: string;
}

export interface Rule {
  readonly definition: RuleDefinition;
}
