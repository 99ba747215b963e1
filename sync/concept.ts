// The shape a concept has towards the engine: its actions and queries as functions, its events as a port.
// Types only. A concept implements Implementation<XVocabulary> and is given an Emit<XVocabulary>.
import type { ConceptVocabulary } from './vocabulary/common.ts';

/** What the engine calls. An action returns its output (or a promise of it, where it really waits);
 *  a query returns its rows, synchronously, without side effects. */
export interface Implementation<V extends ConceptVocabulary> {
  readonly actions: {
    readonly [A in keyof V['actions']]: (
      input: V['actions'][A]['input'],
    ) => V['actions'][A]['output'] | Promise<V['actions'][A]['output']>;
  };
  readonly queries: {
    readonly [Q in keyof V['queries']]: (
      input: V['queries'][Q]['input'],
    ) => readonly V['queries'][Q]['row'][];
  };
}

/** How a concept says that something happened. The engine starts or continues a flow. */
export type Emit<V extends ConceptVocabulary> = <E extends keyof V['events'] & string>(
  event: E,
  payload: V['events'][E],
) => void;
