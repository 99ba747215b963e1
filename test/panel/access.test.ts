// Who may do what on the page, in a real browser, over the real Access concept and its rule.
import assert from 'node:assert/strict';
import { after, before, it, type TestContext } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { guard } from '../support/guarded.ts';
import { openPanel } from '../support/panel-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

async function open(t: TestContext) {
  const opened = await openPanel(t, browser);
  const guarded = guard(opened.radio);
  await opened.page.getByRole('button', { name: 'Who may do what' }).click();
  const sheet = opened.page.getByRole('dialog', { name: 'Who may do what' });
  return { ...opened, guarded, sheet };
}

it('logs in with the claim code, is shown among the devices, and logs out', async (t) => {
  const { page, guarded, sheet, complaints } = await open(t);
  await sheet.getByText('Nobody is admin yet').waitFor();
  await sheet.getByLabel('Claim code').fill(` ${guarded.code().toLowerCase()} `);
  await sheet.getByRole('button', { name: 'Log in' }).click();
  await sheet.getByText('You are admin here').waitFor();
  await sheet.getByRole('listitem').filter({ hasText: 'a Linux' }).waitFor();
  // What guests may not do is done.
  const setting = () =>
    page.evaluate(async () => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ crossfade_s: 5 });
      return (await fetch('/api/v1/settings', { method: 'PUT', headers, body })).status;
    });
  assert.equal(await setting(), 200);
  await sheet.getByRole('button', { name: 'Log out', exact: true }).first().click();
  await sheet.getByText('You are a guest here: what plays, the queue and the mood are yours').waitFor();
  assert.equal(await sheet.getByRole('listitem').count(), 0);
  assert.deepEqual(complaints, []);
  assert.equal(await setting(), 403);
});

it('an admin logs another device out', async (t) => {
  const { server, guarded, sheet } = await open(t);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ code: guarded.code(), name: 'the kitchen' });
  const other = await fetch(`${server.url}/api/v1/session`, { method: 'POST', headers, body });
  assert.equal(other.status, 201);
  const cookie = other.headers.get('set-cookie')?.split(';')[0] ?? '';
  await sheet.getByLabel('Claim code').fill(guarded.code());
  await sheet.getByRole('button', { name: 'Log in' }).click();
  await sheet.getByRole('button', { name: /^Log out the kitchen/ }).click();
  await sheet.getByText('the kitchen').waitFor({ state: 'detached' });
  const who = await fetch(`${server.url}/api/v1/session`, { headers: { cookie } });
  assert.equal(((await who.json()) as { role: string }).role, 'guest');
});

it('a wrong code is refused in the words of the daemon', async (t) => {
  const { sheet } = await open(t);
  await sheet.getByLabel('Claim code').fill('WRONG-CODE');
  await sheet.getByRole('button', { name: 'Log in' }).click();
  await sheet
    .locator('.toast')
    .getByText(/segue admin-code/)
    .waitFor();
  await sheet.getByText('Nobody is admin yet').waitFor();
});
