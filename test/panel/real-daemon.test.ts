// The page over the real daemon: what plays, its progress, a crossfade as it happens, and the acts of a listener.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { AlarmLine, Card, Status, Timeslots } from '../../daemon/adapters/http/shapes.ts';
import { launchBrowser } from '../support/browser.ts';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeMusic } from '../support/music.ts';

const folder = temporaryFolder('panel');
let daemon: Daemon;
let browser: Browser;
let page: Page;
const status = () => daemon.get<Status>('/status');

before(async () => {
  writeMusic(join(folder.path, 'music'), 8, 12);
  daemon = await startDaemon({ state: join(folder.path, 'state'), music: join(folder.path, 'music') });
  await daemon.until(
    'playing',
    status,
    ({ current, next }) => (current?.positionMs ?? 0) > 0 && next.length > 1,
  );
  browser = await launchBrowser();
  page = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(daemon.url);
});
after(async () => {
  await browser?.close();
  await daemon?.stop();
  folder.remove();
});

const shownTitle = () => page.getByRole('heading', { level: 2 }).first().textContent();

test('the title that plays is shown, and its progress moves', async () => {
  // It says that it connects until it has.
  await page
    .getByRole('heading', { level: 2, name: /^Track \d+$/ })
    .first()
    .waitFor();
  const elapsed = page.locator('.times span').first();
  const before = await elapsed.textContent();
  await daemon.until(
    'the time to move',
    () => elapsed.textContent(),
    (now) => now !== before,
  );
});

test('a crossfade is shown as it happens, and then the next title', async () => {
  await page.locator('.crossing').waitFor();
  const { crossfade } = await status();
  assert.ok(crossfade, 'the page shows a crossfade the daemon does not have');
  await page.locator('.crossing').waitFor({ state: 'detached' });
  const now = await status();
  assert.equal(await shownTitle(), now.current?.title);
});

test('skip on the page skips', async () => {
  const before = (await status()).current?.entry;
  await page.getByRole('button', { name: 'Skip', exact: true }).click();
  const now = await daemon.until(
    'another entry',
    status,
    ({ current }) => current !== null && current.entry !== before,
  );
  await page
    .getByRole('heading', { level: 2, name: now.current?.title ?? '', exact: true })
    .first()
    .waitFor();
});

test('why this? says so in a sentence', async () => {
  await page.getByRole('button', { name: /why/i }).first().click();
  const sheet = page.getByRole('dialog');
  await sheet.getByText(/was chosen|plays because/).waitFor();
  await page.keyboard.press('Escape');
});

test('a timeslot renamed on the page, with a reference found by searching, is so in the daemon and after a reload', async () => {
  const all = () => daemon.get<Timeslots>('/timeslots');
  const { passages } = await daemon.get<{ passages: Card[] }>('/library/search?q=Track&limit=3');
  const [first, second] = passages;
  assert.ok(first && second);
  const given = { name: 'all day', start: '05:00', references: [first.passage] };
  const set = await daemon.send('PUT', '/timeslots', { timeslots: [given] });
  assert.equal(set.status, 200, JSON.stringify(set.body));
  await daemon.send('POST', '/alarms', { time: '06:00', timeslot: 'all day', enabled: false });

  await page.getByRole('button', { name: /^Mood: / }).click();
  const sheet = page.getByRole('dialog', { name: 'Mood' });
  await sheet.getByRole('button', { name: /^all day.*: what/ }).click();
  await sheet.getByRole('textbox', { name: 'Name' }).fill('always');
  await sheet.getByRole('searchbox').fill(second.title);
  await sheet.getByRole('button', { name: `Add ${second.title} to always`, exact: true }).click();
  await sheet.getByLabel('Start of another timeslot').fill('22:00');
  await sheet.getByRole('button', { name: 'Add a timeslot' }).click();
  await sheet.getByRole('checkbox', { name: /^Silent/ }).check();
  await sheet.getByRole('button', { name: 'Save', exact: true }).click();
  await sheet.getByText('Saved.', { exact: true }).waitFor();
  const [always, quiet, ...others] = (await all()).timeslots;
  assert.deepEqual(others, []);
  assert.deepEqual(
    [always?.name, always?.start, always?.references.toSorted()],
    ['always', '05:00', [first.passage, second.passage].toSorted()],
  );
  assert.deepEqual([quiet?.name, quiet?.start, quiet?.silent], ['always 2', '22:00', true]);
  const { alarms } = await daemon.get<{ alarms: AlarmLine[] }>('/alarms');
  assert.deepEqual(
    alarms.map(({ timeslot }) => timeslot),
    ['always'],
    'an alarm keeps its mood',
  );

  // Somebody else's change comes by the daemon's own event.
  const other = { ...given, name: 'theirs' };
  assert.equal((await daemon.send('PUT', '/timeslots', { timeslots: [other] })).status, 200);
  await sheet.getByRole('button', { name: /^theirs.*: what/ }).waitFor();
  await page.keyboard.press('Escape');
});
