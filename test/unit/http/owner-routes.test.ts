// The owner's rules and scripts over a real socket, and what scripts answer below /x/.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type FakeServer, startFakeServer } from '../../support/fake-server.ts';
import { callsTo } from '../../support/http-calls.ts';

let server: FakeServer;
const { call, refused } = callsTo(() => server);

before(async () => {
  server = await startFakeServer({ isDevOpen: true });
});
after(() => server.close());

describe("the owner's rules", () => {
  it('are listed, checked, tried out and switched', async () => {
    const { json } = await call('GET', '/api/v1/rules');
    assert.equal(json.rules[0].name, 'QuietAfterTen');
    const checked = await call('POST', '/api/v1/rules/check', { text: 'wen: x' });
    assert.deepEqual(checked.json.faults[0], { line: 2, column: 5, message: 'a rule has no "wen"' });
    const tested = await call('POST', '/api/v1/rules/test', { name: 'QuietAfterTen', hours: 24 });
    assert.equal(tested.json.tests[0].matched, 3);
    const off = await call('PUT', '/api/v1/rules/QuietAfterTen', { enabled: false });
    assert.deepEqual(off.json, { name: 'QuietAfterTen', enabled: false });
  });

  it('refuse what is neither text nor name, and what is not there', async () => {
    await refused('POST', '/api/v1/rules/test', {}, 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/rules/test', { text: 'a', name: 'b' }, 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/rules/test', { name: 'b' }, 404, 'NO_SUCH_RULE');
    await refused('PUT', '/api/v1/rules/Nobody', { enabled: true }, 404, 'NO_SUCH_RULE');
    await refused('PUT', '/api/v1/rules/QuietAfterTen', { enabled: 'yes' }, 400, 'BAD_REQUEST');
  });
});

describe("the owner's scripts", () => {
  it('are listed and switched', async () => {
    assert.equal((await call('GET', '/api/v1/scripts')).json.scripts[0].enabled, true);
    const off = await call('PUT', '/api/v1/scripts/party.lua', { enabled: false });
    assert.deepEqual(off.json, { file: 'party.lua', enabled: false });
    await refused('PUT', '/api/v1/scripts/nobody.lua', { enabled: false }, 404, 'NO_SUCH_SCRIPT');
  });
});

describe('/x/', () => {
  it('hands a request to the scripts, with what they may ask of it', async () => {
    const { status, json } = await call('POST', '/x/party/a%20b?n=1&n=2', { volume: 1 });
    assert.equal(status, 200);
    assert.deepEqual(json, {
      method: 'POST',
      path: '/x/party/a%20b',
      query: { n: '1' },
      type: 'application/json',
      body: { value: { volume: 1 } },
    });
    const broken = await call('POST', '/x/party', '{');
    assert.deepEqual(broken.json.body.refuse, 400);
    assert.deepEqual((await call('GET', '/x/party')).json.body, { value: {} });
  });

  it('refuses what is not JSON, too large, or from another site, before any script sees it', async () => {
    assert.equal((await call('POST', '/x/party', 'a=1', { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await call('POST', '/x/party', `"${'x'.repeat(1024 * 1024)}"`)).status, 413);
    assert.equal((await call('POST', '/x/party', {}, { origin: 'http://evil.example' })).status, 403);
  });
});
