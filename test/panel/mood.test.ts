// The mood on the page, in a real browser: something else for a while. The day itself has a file of its own.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { openMood } from '../support/panel-mood.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

it('something else for a while, by two taps, and back', async (t) => {
  const { page, radio, sheet, complaints } = await openMood(t, browser);
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
