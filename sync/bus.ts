// Bus: carries events from the concepts to whoever listens, by mitt, guarded: a listener that throws harms nobody
// and is reported. What nobody listens to is not even built. Runs on the main thread; synchronous.
import mittModule, { type Emitter } from 'mitt';
import type { EngineBus, Ids, Lineage } from './engine/index.ts';
import type { Vocabulary } from './vocabulary/index.ts';

/** Every event of the vocabulary, as "Concept.event", with its payload. */
export type Events = {
  [K in {
    [C in keyof Vocabulary]: `${C}.${keyof Vocabulary[C]['events'] & string}`;
  }[keyof Vocabulary]]: K extends `${infer C}.${infer E}`
    ? C extends keyof Vocabulary
      ? E extends keyof Vocabulary[C]['events']
        ? Vocabulary[C]['events'][E]
        : never
      : never
    : never;
};

/** Around an operation: "name:started", then "name:completed" or "name:failed", of the same root. */
export type OperationEvent =
  | { readonly phase: 'started' }
  | { readonly phase: 'completed'; readonly durationMs: number }
  | { readonly phase: 'failed'; readonly durationMs: number; readonly message: string };

export interface BusEvent<T = object> {
  readonly type: string;
  readonly lineage: Lineage;
  readonly atMs: number;
  readonly payload: T;
}

export interface Bus<E extends object = Events> extends EngineBus {
  on<K extends keyof E & string>(type: K, listener: (event: BusEvent<E[K]>) => void): () => void;
  /** Everything, operations included. The answer takes the listener away. */
  onAny(listener: (event: BusEvent) => void): () => void;
  onOperation(name: string, listener: (event: BusEvent<OperationEvent>) => void): () => void;
  hasSubscribers(type: string): boolean;
  /** Calls `payload` once if somebody listens, otherwise not at all. Without a lineage it is a root. */
  emit(type: string, payload: () => object, lineage?: Lineage): void;
  /** Runs the operation between its events and gives it its lineage, so that what it emits can be its child. */
  traced<T>(name: string, operation: (lineage: Lineage) => T, parent?: Lineage): T;
}

export interface BusOptions {
  readonly ids: Ids;
  readonly nowMs: () => number;
  /** A listener threw. */
  readonly onError: (type: string, error: unknown) => void;
}

type Carried = Record<string, BusEvent>;
/** mitt's types describe its CommonJS build, where the function is `default`; what is loaded is the module. */
const mitt = mittModule as unknown as typeof mittModule.default;

export function createBus<E extends object = Events>(options: BusOptions): Bus<E> {
  const { ids, nowMs, onError } = options;
  const carrier: Emitter<Carried> = mitt<Carried>();

  const guarded =
    (type: string, listener: (event: never) => void) =>
    (event: BusEvent): void => {
      try {
        listener(event as never);
      } catch (error) {
        onError(type, error);
      }
    };
  const subscribe = (type: string, listener: (event: never) => void): (() => void) => {
    const guard = guarded(type, listener);
    if (type === '*') {
      const any = (_type: string, event: BusEvent) => guard(event);
      carrier.on('*', any);
      return () => carrier.off('*', any);
    }
    carrier.on(type, guard);
    return () => carrier.off(type, guard);
  };
  const isHeard = (type: string): boolean => (carrier.all.get(type)?.length ?? 0) > 0;
  const newLineage = (parent?: Lineage): Lineage => {
    const id = `${ids.boot}-${ids.next()}`;
    return parent === undefined
      ? { id, parent: null, root: id, flow: id }
      : { id, parent: parent.id, root: parent.root, flow: parent.flow };
  };

  const bus: Bus<E> = {
    on: (type, listener) => subscribe(type, listener),
    onAny: (listener) => subscribe('*', listener),
    onOperation(name, listener) {
      const phases = (['started', 'completed', 'failed'] as const).map((phase) =>
        subscribe(`${name}:${phase}`, listener),
      );
      return () => {
        for (const stop of phases) stop();
      };
    },
    hasSubscribers: (type) => isHeard(type) || isHeard('*'),
    emit(type, payload, lineage) {
      if (!bus.hasSubscribers(type)) return;
      carrier.emit(type, {
        type,
        lineage: lineage ?? newLineage(),
        atMs: nowMs(),
        payload: payload(),
      });
    },
    traced(name, operation, parent) {
      const lineage = newLineage(parent);
      const startedMs = nowMs();
      const say = (phase: OperationEvent['phase'], fields: () => object) =>
        bus.emit(
          `${name}:${phase}`,
          () => ({ phase, ...fields() }),
          phase === 'started' ? lineage : newLineage(lineage),
        );
      const completed = () => say('completed', () => ({ durationMs: nowMs() - startedMs }));
      const failed = (error: unknown) =>
        say('failed', () => ({
          durationMs: nowMs() - startedMs,
          message: error instanceof Error ? error.message : String(error),
        }));
      say('started', () => ({}));
      try {
        const result = operation(lineage);
        if (!(result instanceof Promise)) {
          completed();
          return result;
        }
        return result.then(
          (value) => {
            completed();
            return value;
          },
          (error) => {
            failed(error);
            throw error;
          },
        ) as typeof result;
      } catch (error) {
        failed(error);
        throw error;
      }
    },
  };
  return bus;
}

/** Ids of one run of the daemon: `boot` should differ from run to run. */
export function createIds(boot: string): Ids {
  let last = 0;
  return { boot, next: () => ++last };
}
