// The command line finds the daemon it is meant for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { socketFor } from '../../daemon/places.ts';

const service = '/run/segue/segued.sock';
const there = (path: string) => path === service;

test('a state directory that is named wins over a service', () => {
  assert.equal(socketFor({}, '/srv/s', there), '/srv/s/run/segued.sock');
  assert.equal(socketFor({ SEGUE_STATE: '/srv/e' }, undefined, there), '/srv/e/run/segued.sock');
});
test('without a name the service is asked where there is one', () =>
  assert.equal(socketFor({ HOME: '/home/x' }, undefined, there), service));
test('else the daemon of this person', () =>
  assert.equal(
    socketFor({ HOME: '/home/x' }, undefined, () => false),
    '/home/x/.local/state/segue/run/segued.sock',
  ));
