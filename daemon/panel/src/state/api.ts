// Requests to the daemon. A failure becomes a notice in the daemon's own words; nothing is thrown.
import type {
  AlarmLine,
  Card,
  Meters,
  Opinions,
  RuleLine,
  Session,
  SessionLine,
  Timeslots,
  Why,
} from '../../../adapters/http/shapes.ts';
import type { WrittenSlot } from './day-draft.ts';

export type Answer<T> =
  | { readonly ok: true; readonly body: T }
  /** `code` and `details` where the daemon has said something. */
  | { readonly ok: false; readonly message: string; readonly code?: string; readonly details?: unknown };

async function call<T>(method: string, path: string, body?: object): Promise<Answer<T>> {
  const init: RequestInit = { method };
  if (method !== 'GET') {
    init.headers = { 'content-type': 'application/json' };
    init.body = JSON.stringify(body ?? {});
  }
  try {
    const response = await fetch(`/api/v1${path}`, init);
    const answer: unknown = await response.json();
    if (response.ok) return { ok: true, body: answer as T };
    const { error } = answer as { error?: { code?: string; message?: string; details?: unknown } };
    return { ok: false, message: 'Segue did not say what went wrong.', ...error };
  } catch {
    return { ok: false, message: 'Segue cannot be reached just now.' };
  }
}

export type AlarmChange = Partial<Pick<AlarmLine, 'time' | 'weekdays' | 'timeslot' | 'enabled'>>;
export type Where = 'next' | 'end' | { readonly after: string };

export const api = {
  play: () => call('POST', '/play'),
  pause: () => call('POST', '/pause'),
  skip: () => call<{ throttled: boolean }>('POST', '/skip'),
  seek: (positionMs: number) => call('POST', '/seek', { positionMs }),
  volume: (volume: number) => call('POST', '/volume', { volume }),
  enqueue: (passage: string, where: Where) => call('POST', '/queue', { passage, where }),
  remove: (entry: string) => call('DELETE', `/queue/${entry}`),
  move: (entry: string, where: Where) => call('POST', `/queue/${entry}/move`, { where }),
  why: (entry: string) => call<Why>('GET', `/why/${entry}`),
  pauseImport: (job: number) => call('POST', `/import/${job}/pause`),
  resumeImport: (job: number) => call('POST', `/import/${job}/resume`),
  say: (passage: string, opinion: 'like' | 'dislike') =>
    call<Opinions>('POST', `/passages/${passage}/${opinion}`),
  sleep: (durationS: number) => call('POST', '/sleep', { durationS }),
  stayAwake: () => call('DELETE', '/sleep'),
  alarms: () => call<{ alarms: readonly AlarmLine[] }>('GET', '/alarms'),
  addAlarm: (setting: AlarmChange) => call('POST', '/alarms', setting),
  changeAlarm: (alarm: string, setting: AlarmChange) => call('PUT', `/alarms/${alarm}`, setting),
  removeAlarm: (alarm: string) => call('DELETE', `/alarms/${alarm}`),
  timeslots: () => call<Timeslots>('GET', '/timeslots'),
  setTimeslots: (timeslots: readonly WrittenSlot[], version: string) =>
    call<Timeslots>('PUT', '/timeslots', { timeslots, version }),
  override: (mood: ({ timeslot: string } | { passage: string }) & { durationS: number }) =>
    call('POST', '/override', mood),
  endOverride: () => call('DELETE', '/override'),
  session: () => call<Session>('GET', '/session'),
  logIn: (code: string, name: string) => call('POST', '/session', { code, name }),
  logOut: () => call('DELETE', '/session'),
  sessions: () => call<{ sessions: readonly SessionLine[] }>('GET', '/sessions'),
  endSession: (session: string) => call('DELETE', `/sessions/${session}`),
  rules: () => call<{ rules: readonly RuleLine[] }>('GET', '/rules/all'),
  meters: () => call<Meters>('GET', '/audio/meters'),
  search: (text: string) =>
    call<{ passages: readonly Card[] }>('GET', `/library/search?limit=30&q=${encodeURIComponent(text)}`),
};
