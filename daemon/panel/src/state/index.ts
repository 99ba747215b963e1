// The one store of the page, and what a person can do to it. What a person did shows at once; the daemon's next
// event is the truth.
import type { Queue, Status } from '../../../adapters/http/shapes.ts';
import { type Answer, api, type Where } from './api.ts';
import { createLive } from './live.ts';
import { EMPTY, type Model, positionAt } from './model.ts';
import { createStore } from './store.ts';

const TOAST_MS = 6000;

export const store = createStore<Model>(EMPTY);
let toasts = 0;

export function notify(message: string): void {
  toasts += 1;
  const id = toasts;
  store.update((model) => ({ ...model, toasts: [...model.toasts.slice(-2), { id, message }] }));
  setTimeout(() => dismiss(id), TOAST_MS);
}

export function dismiss(id: number): void {
  store.update((model) => ({ ...model, toasts: model.toasts.filter((toast) => toast.id !== id) }));
}

export const live = createLive(store, notify);

/** A failure is shown in the daemon's words. */
export async function tell<T>(answer: Promise<Answer<T>>): Promise<Answer<T>> {
  const result = await answer;
  if (!result.ok) notify(result.message);
  return result;
}

/** Shows a change before the daemon confirms it, counted from where the piece is now. */
function anticipate(change: (status: Status) => Partial<Status>): void {
  store.update((model) => {
    if (model.status === null) return model;
    const nowMs = performance.now();
    const { positionMs } = positionAt(model, nowMs);
    const { current } = model.status;
    const here = current === null ? null : { ...current, positionMs };
    const status = { ...model.status, current: here };
    return { ...model, status: { ...status, ...change(status) }, statusAtMs: nowMs };
  });
}

export function togglePlay(): void {
  const isPlaying = store.get().status?.playing === true;
  anticipate(() => ({ playing: !isPlaying }));
  void tell(isPlaying ? api.pause() : api.play());
}

export async function skip(): Promise<void> {
  const answer = await tell(api.skip());
  if (answer.ok && answer.body.throttled) notify('Somebody skipped a moment ago, so this one stays.');
}

/** Of what sounds. */
export async function say(opinion: 'like' | 'dislike'): Promise<void> {
  const passage = store.get().status?.current?.passage;
  if (passage === undefined) return;
  const answer = await tell(api.say(passage, opinion));
  if (!answer.ok) return;
  anticipate(({ current }) => ({
    current: current?.passage === passage ? { ...current, ...answer.body } : current,
  }));
}

export function seek(positionMs: number): void {
  anticipate(({ current }) => ({ current: current === null ? null : { ...current, positionMs } }));
  void tell(api.seek(positionMs));
}

export function changeVolume(volume: number): void {
  const clamped = Math.max(0, Math.min(1, Math.round(volume * 100) / 100));
  anticipate(() => ({ volume: clamped }));
  void tell(api.volume(clamped));
}

export async function enqueue(passage: string, title: string, where: 'next' | 'end'): Promise<void> {
  const answer = await tell(api.enqueue(passage, where));
  if (answer.ok) notify(where === 'next' ? `${title} plays next.` : `${title} is queued.`);
}

export async function remove(entry: string): Promise<void> {
  const before = store.get().queue;
  const entries = before.entries.filter((each) => each.entry !== entry);
  await tryQueue({ entries }, api.remove(entry));
}

/** `entries`: the queue as it will be, sounding ones included. */
export async function move(entry: string, where: Where, entries: Queue['entries']): Promise<void> {
  await tryQueue({ entries }, api.move(entry, where));
}

/** Back to what it was when the daemon says no, unless it has told of another queue meanwhile. */
async function tryQueue(queue: Queue, answer: Promise<Answer<unknown>>): Promise<void> {
  const before = store.get().queue;
  store.update((model) => ({ ...model, queue }));
  const { ok } = await tell(answer);
  if (!ok) store.update((model) => (model.queue === queue ? { ...model, queue: before } : model));
}
