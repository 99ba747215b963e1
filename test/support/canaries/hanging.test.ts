// A test that never ends: the runner ends it.
import { test } from 'node:test';

test('waits for ever', () => new Promise(() => setInterval(() => undefined, 1000)));
