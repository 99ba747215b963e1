// What must not compile, checked by tsc: each line marked as an error is one, and becomes one itself if it is not.
import type { Door } from '../../../sync/door.ts';
import type { Engine } from '../../../sync/engine/index.ts';
import { on, rule } from '../../../sync/rules/rule.ts';
import type { Vocabulary } from '../../../sync/vocabulary/index.ts';

declare const engine: Engine<Vocabulary>;
export const door: Door = engine;

const asked = rule('Asked', 'Asked to remove.').when('Queue.askRemove', { entry: '?entry' });
const started = rule('Started', 'Asks for the time.').where('Appliance.now', {}, { nowMs: '?nowMs' });

const either = rule('Either', 'Only one binds the frame.').whenAny(
  on('Player.voiceStarted', { frame: '?frame' }),
  on('Queue.changed'),
);

export const compiles = [
  asked.thenDo('Queue.complete', ({ entry }) => ({ entry })),
  asked.thenDo('Player.withdraw', ({ entry }) => ({ entry }), { outcome: '?said' }),
  rule('Any', 'Both bind it.')
    .whenAny(on('Player.voiceStarted', { entry: '?entry' }), on('Player.voiceEnded', { entry: '?entry' }))
    .thenDo('Queue.complete', ({ entry }) => ({ entry })),
  asked.where('Settings.get', { key: 'autoplay' }, { value: true }),
];

// @ts-expect-error a misspelt action in WHEN
asked.when('Queue.askRemoved');
// @ts-expect-error a misspelt action in THEN
asked.thenDo('Queue.compleet', ({ entry }) => ({ entry }));
// @ts-expect-error a misspelt query
asked.where('Queue.haed', {});
// @ts-expect-error an event is not an action
asked.thenDo('Queue.changed', { waiting: 1 });
// @ts-expect-error a missing argument
asked.thenDo('Queue.complete', {});
// @ts-expect-error a missing argument, computed
asked.thenDo('Queue.complete', () => ({}));
// @ts-expect-error an argument of the wrong type
asked.thenDo('Queue.complete', { entry: 'first' });
// @ts-expect-error a missing argument of a query
asked.where('Library.card', {});
// @ts-expect-error an unbound variable
asked.thenDo('Queue.complete', ({ entri }) => ({ entry: entri }));
// @ts-expect-error a variable only one alternative binds
either.filter(({ frame }) => frame > 0);
// @ts-expect-error a misspelt field of an input
rule('', '').when('Queue.askRemove', { entri: '?entry' });
// @ts-expect-error a misspelt field beside a right one
rule('', '').when('Queue.askRemove', { entry: '?entry', entri: '?other' });
// @ts-expect-error a literal the output cannot be
rule('', '').when('Queue.askRemove', {}, { state: 'gone' });
// @ts-expect-error a misspelt field of a row
started.where('Appliance.now', {}, { now: '?nowMs' });
// @ts-expect-error a misspelt field of an output
asked.thenDo('Player.withdraw', ({ entry }) => ({ entry }), { outcom: '?said' });
// @ts-expect-error an optional variable may be undefined
asked.whereOptional('Queue.head', {}, { passage: '?p' }).thenDo('Queue.complete', ({ p }) => ({ entry: p }));
// @ts-expect-error ELSE sees only what WHEN has bound
started.elseDo('Cooldown.recordHeard', ({ nowMs }) => ({ passage: 1, atMs: nowMs, songsOnly: true }));
// @ts-expect-error a misspelt event
engine.emit('Queue', 'chnged', { waiting: 1 });
// @ts-expect-error an action without its concept
engine.run('Queue', 'play', {}, { door: 'test' });
