// A test that fails: the runner must exit 1 and count it.
import { test } from 'node:test';

test('fails', () => {
  throw new Error('as it should');
});
