// The mood on the page, in a real browser: something else for a while, and when the parts of the day begin.
import assert from 'node:assert/strict';
import { after, before, it, type TestContext } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { FakeRadio } from '../support/fake-radio.ts';
import { openPanel } from '../support/panel-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const SLOTS = [
  { name: 'morning', startMinute: 390, references: [2], flavor: null, silent: false },
  { name: 'evening', startMinute: 1110, references: [1, 4], flavor: null, silent: false },
  {
    ...{ name: 'night', startMinute: 1380, references: [], silent: true },
    flavor: { 'local.energy': { high: 0.25, low: 0.75 } },
  },
];

/** Friday, 19:30 in the radio and on the page. */
async function open(t: TestContext) {
  const radio = new FakeRadio();
  radio.timeslots = SLOTS;
  const opened = await openPanel(t, browser, {
    radio,
    context: { timezoneId: 'Etc/UTC', locale: 'en-GB' },
    isClockOurs: true,
  });
  await opened.page.clock.setFixedTime(radio.nowMs);
  await opened.page.getByRole('button', { name: 'Mood: evening' }).click();
  const sheet = opened.page.getByRole('dialog', { name: 'Mood' });
  await sheet.getByText('By the time of day: evening.').waitFor();
  return { ...opened, sheet };
}

it('something else for a while, by two taps, and back', async (t) => {
  const { page, radio, sheet, complaints } = await open(t);
  assert.equal(
    await sheet.getByRole('button', { name: 'night', exact: true }).count(),
    0,
    'silence is no mood',
  );
  await sheet.getByRole('button', { name: '1 h', exact: true }).click();
  await sheet.getByRole('button', { name: 'evening', exact: true }).click();
  await sheet.getByText('For another 1 h: evening.').waitFor();
  const asked = radio.calls.filter(({ name }) => name === 'Override.askLikeTimeslot');
  assert.deepEqual(
    asked.map(({ input }) => input),
    [{ timeslot: 'evening', durationMs: 3_600_000, name: null }],
  );
  await sheet.getByRole('button', { name: 'By the time of day again' }).click();
  await sheet.getByText('By the time of day: evening.').waitFor();

  await sheet.getByRole('button', { name: '30 min' }).click();
  await sheet.getByRole('button', { name: /^Like “/ }).click();
  const title = (await page.getByRole('heading', { level: 2, includeHidden: true }).textContent()) ?? '';
  await sheet.getByText(`For another 30 min: like “${title}”.`).waitFor();
  await sheet.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: `Mood: ${title}` }).waitFor();
  assert.deepEqual(complaints, []);
});

it('a part of the day begins at another time, and keeps all else', async (t) => {
  const { radio, sheet, complaints } = await open(t);
  const line = sheet.getByRole('listitem').filter({ hasText: 'evening' });
  await line.getByText('now').waitFor();
  await sheet.getByLabel('Start of night').fill('19:15');
  await sheet.getByRole('listitem').filter({ hasText: 'night' }).getByText('now').waitFor();
  assert.deepEqual(radio.timeslots, [SLOTS[0], SLOTS[1], { ...SLOTS[2], startMinute: 1155 }]);
  assert.deepEqual(complaints, []);
});

it('what the daemon refuses is told in its words, and undone on the page', async (t) => {
  const { radio, sheet } = await open(t);
  await sheet.getByLabel('Start of night').fill('18:30');
  await sheet.getByText(/another timeslot starts at minute 1110/).waitFor();
  await sheet.locator('input[aria-label="Start of night"]').and(sheet.locator('input')).first().waitFor();
  assert.equal(await sheet.getByLabel('Start of night').inputValue(), '23:00');
  assert.deepEqual(radio.timeslots, SLOTS);
});
