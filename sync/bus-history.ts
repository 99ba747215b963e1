// Bus history: the last events for the developers' door. A subscriber like any other; off unless somebody makes one.
import type { Bus, BusEvent } from './bus.ts';

export interface BusHistory {
  /** Oldest first. */
  all(): BusEvent[];
  byId(id: string): BusEvent | undefined;
  /** Events caused by the given one. */
  childrenOf(id: string): BusEvent[];
  /** Entries in each index: they shrink with the ring. */
  readonly size: { readonly events: number; readonly ids: number; readonly parents: number };
  stop(): void;
}

export function keepHistory<E extends object>(bus: Bus<E>, capacity: number): BusHistory {
  const events = new Map<string, BusEvent>();
  const children = new Map<string, Set<string>>();

  const forget = (event: BusEvent): void => {
    const { id, parent } = event.lineage;
    events.delete(id);
    if (parent === null) return;
    const siblings = children.get(parent);
    siblings?.delete(id);
    if (siblings?.size === 0) children.delete(parent);
  };
  const stop = bus.onAny((event) => {
    const { id, parent } = event.lineage;
    events.set(id, event);
    if (parent !== null) {
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, new Set([id]));
      else siblings.add(id);
    }
    if (events.size <= capacity) return;
    const oldest = events.values().next().value;
    if (oldest !== undefined) forget(oldest);
  });

  return {
    all: () => [...events.values()],
    byId: (id) => events.get(id),
    childrenOf: (id) => [...(children.get(id) ?? [])].flatMap((child) => events.get(child) ?? []),
    get size() {
      return { events: events.size, ids: events.size, parents: children.size };
    },
    stop: () => {
      stop();
      events.clear();
      children.clear();
    },
  };
}
