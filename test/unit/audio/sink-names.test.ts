// Which sink the name of a device means.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sinkNamed, takesLatency } from '../../../audio/sink-names.ts';

test('names of naudiodon go to naudiodon, all others to the core', () => {
  for (const name of ['naudiodon', 'naudiodon: default'])
    assert.deepEqual(sinkNamed(name, 0.1), { kind: 'naudiodon', device: null });
  assert.deepEqual(sinkNamed('naudiodon: ALSA: pulse', 0.1), { kind: 'naudiodon', device: 'ALSA: pulse' });
  for (const name of [null, 'ALSA: naudiodon', 'PulseAudio: default'])
    assert.deepEqual(sinkNamed(name, 0.1), { kind: 'portaudio', device: name, latencyS: 0.1 });
});

test('latency can be asked of devices that the core opens itself', () => {
  assert.deepEqual(
    ['PulseAudio: default', 'ALSA: default', 'naudiodon: default', 'null', 'manual'].filter(takesLatency),
    ['PulseAudio: default', 'ALSA: default'],
  );
});
