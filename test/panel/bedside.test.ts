// The sleep timer and the alarms on the page, in a real browser, over the real concepts.
import assert from 'node:assert/strict';
import { after, before, it, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import type { FakeRadio } from '../support/fake-radio.ts';
import { openPanel } from '../support/panel-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Friday, 19:30 in the radio and on the page. */
async function open(t: TestContext) {
  const opened = await openPanel(t, browser, {
    context: { timezoneId: 'Etc/UTC', locale: 'en-GB' },
    isClockOurs: true,
  });
  await opened.page.clock.setFixedTime(opened.radio.nowMs);
  await opened.page.getByRole('button', { name: /^Sleep and wake/ }).click();
  const sheet = opened.page.getByRole('dialog', { name: 'Sleep and wake' });
  return { ...opened, sheet };
}
const called = (radio: FakeRadio, name: string) =>
  radio.calls.filter((call) => call.name === name).map(({ input }) => input);
const chip = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

it('falls asleep by one tap, says when, and plays on by another', async (t) => {
  const { page, radio, sheet, complaints } = await open(t);
  await sheet.getByText('The music plays on.').waitFor();
  await sheet.getByRole('button', { name: '45 min' }).click();
  await sheet.getByText('Silent at 20:15.').waitFor();
  assert.deepEqual(called(radio, 'Sleep.set'), [{ durationMs: 2_700_000 }]);
  await sheet.getByRole('button', { name: 'Close' }).click();
  await chip(page, 'Sleep and wake: fades out at 20:15').click();
  await sheet.getByRole('button', { name: 'Play on' }).click();
  await sheet.getByText('The music plays on.').waitFor();
  assert.deepEqual(complaints, []);
});

it('sets an alarm: its time, days and mood; and takes it away', async (t) => {
  const { page, radio, sheet, complaints } = await open(t);
  await sheet.getByRole('button', { name: 'Add an alarm' }).click();
  await sheet.getByText('rings on Monday at 07:00').waitFor();
  await sheet.getByLabel('Time', { exact: true }).fill('06:30');
  await sheet.getByText('rings on Monday at 06:30').waitFor();
  await sheet.getByRole('button', { name: 'Saturday' }).click();
  await sheet.getByText('rings tomorrow at 06:30').waitFor();
  assert.equal(await sheet.getByRole('button', { name: 'Saturday' }).getAttribute('aria-pressed'), 'true');
  await sheet.getByRole('combobox').selectOption('evening');
  await sheet.getByRole('checkbox').uncheck();
  await sheet.getByText('switched off').waitFor();
  await sheet.getByRole('checkbox').check();
  await sheet.getByText('rings tomorrow at 06:30').waitFor();
  assert.deepEqual(
    called(radio, 'Alarms.change').map((input) => (input as { setting: object }).setting),
    [
      { minute: 390 },
      { weekdays: [1, 2, 3, 4, 5, 6] },
      { timeslot: 'evening' },
      { enabled: false },
      { enabled: true },
    ],
  );
  await sheet.getByRole('button', { name: 'Close' }).click();
  await chip(page, 'Sleep and wake: alarm at 06:30').click();
  await sheet.getByRole('button', { name: 'Remove the alarm at 06:30' }).click();
  await sheet.locator('.alarms li').waitFor({ state: 'detached' });
  await sheet.getByRole('button', { name: 'Close' }).click();
  await chip(page, 'Sleep and wake').waitFor();
  assert.deepEqual(complaints, []);
});

it('shows what another page has set', async (t) => {
  const { server, sheet } = await open(t);
  await sheet.getByRole('button', { name: 'Add an alarm' }).waitFor();
  const response = await fetch(`${server.url}/api/v1/alarms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ time: '05:15', weekdays: ['sat', 'sun'] }),
  });
  assert.equal(response.status, 201);
  await sheet.getByText('rings tomorrow at 05:15').waitFor();
});

it('a fault is told in the words of the daemon', async (t) => {
  const { radio, sheet } = await open(t);
  radio.answers.set('Alarms.add', () => ({
    error: 'TOO_MANY',
    message: 'There are 50 alarms: remove one first.',
  }));
  await sheet.getByRole('button', { name: 'Add an alarm' }).click();
  await sheet.getByText('There are 50 alarms: remove one first.').waitFor();
});
