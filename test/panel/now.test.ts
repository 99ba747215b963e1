// The Now view in a real browser, over the real HTTP adapter and the fake radio. The page's clock is turned by the
// test where time matters.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { FakeRadio } from '../support/fake-radio.ts';
import { openPanel, PANEL, type PanelOptions } from '../support/panel-page.ts';

const MAX_GZIP_BYTES = 60_000;
/** Runs in the page: measures every pair of roles on many hues. */
const CONTRAST = readFileSync(new URL('./browser/contrast.mjs', import.meta.url), 'utf8');

interface Ratio {
  readonly pair: string;
  readonly hue: number;
  readonly ratio: number;
  readonly least: number;
}

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const open = (t: TestContext, options: PanelOptions = {}) => openPanel(t, browser, options);
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
const skipButton = (page: Page) => page.getByRole('button', { name: 'Skip', exact: true });
const title = (page: Page, text: string) => page.getByRole('heading', { level: 2, name: text });
const rows = (page: Page) => page.locator('.next .row .title');
const rowAt = (page: Page, place: number, text: string) =>
  page.locator(`.next .row:nth-child(${place + 1}) .title`, { hasText: text });
const called = (radio: FakeRadio, name: string) => radio.calls.filter((call) => call.name === name);

describe('the Now view', () => {
  it('shows what plays and what follows, and nothing that the policy forbids', async (t) => {
    const { page, complaints } = await open(t);
    await title(page, 'Harbour Lights').waitFor();
    assert.equal(await page.title(), 'Harbour Lights · Ana Lindqvist');
    await page.getByText('Slow Weather').waitFor();
    assert.equal(await rows(page).count(), 5);
    assert.equal(await rows(page).first().textContent(), 'The Long Way Round to Everything We Said');
    await page.getByRole('img', { name: 'Cover of Slow Weather' }).waitFor();
    await page.getByText('A Door Left Open').waitFor();
    assert.deepEqual(complaints, []);
  });

  it('moves on by itself between events', async (t) => {
    const radio = new FakeRadio();
    radio.setPosition(60_000);
    const { page } = await open(t, { radio, isClockOurs: true });
    const shown = page.locator('.times span').first();
    await page.clock.runFor(300);
    const was = await shown.textContent();
    await page.clock.runFor(30_000);
    assert.match(was ?? '', /^1:0\d$/);
    assert.match((await shown.textContent()) ?? '', /^1:3\d$/);
  });

  it('shows a crossfade with both pieces while it lasts', async (t) => {
    const { page, radio } = await open(t);
    radio.startCrossfade(8000);
    await page.getByText('Blending from Harbour Lights into The Long Way Round').waitFor();
    await title(page, 'The Long Way Round to Everything We Said').waitFor();
    assert.equal(await page.locator('.stage .layer').count(), 2);
    radio.endCrossfade();
    await page.locator('.crossing').waitFor({ state: 'detached' });
    assert.equal(await page.locator('.stage .layer').count(), 1);
  });

  it('likes and dislikes what sounds, and shows how often', async (t) => {
    const { page, radio, complaints } = await open(t);
    await button(page, 'Like').click();
    await button(page, 'Like (1 so far)').click();
    await button(page, 'Like (2 so far)').waitFor();
    await button(page, 'Dislike').click();
    await button(page, 'Dislike (1 so far)').waitFor();
    assert.deepEqual(radio.opinionsOf(1), { likes: 2, dislikes: 1 });
    // What somebody else says shows too.
    radio.opinions.set(1, { likes: 9, dislikes: 1 });
    radio.changed('state');
    await button(page, 'Like (9 so far)').waitFor();
    await skipButton(page).click();
    await button(page, 'Like').waitFor();
    assert.deepEqual(complaints, []);
  });

  it('pauses, plays, skips and changes the volume by button and by key', async (t) => {
    const { page, radio } = await open(t);
    await button(page, 'Pause').click();
    await button(page, 'Play').waitFor();
    assert.equal(called(radio, 'Player.pause').length, 1);
    await page.locator('h1').click();
    await page.keyboard.press('Space');
    await button(page, 'Pause').waitFor();
    await skipButton(page).click();
    await title(page, 'The Long Way Round to Everything We Said').waitFor();
    await page.locator('h1').click();
    await page.keyboard.press('ArrowRight');
    await title(page, 'Ember').waitFor();
    await page.keyboard.press('ArrowUp');
    await page.locator('[aria-valuetext="65 percent"]').waitFor();
    assert.equal(radio.volume, 0.65);
  });

  it('shows levels while they are open, and asks for them at no other time', async (t) => {
    const { page } = await open(t);
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/audio/meters')) asked++;
    });
    await page.waitForTimeout(600);
    assert.equal(asked, 0);
    await page.getByText('Levels').click();
    await page.locator('[role=meter][aria-valuetext="-20 decibels"]').waitFor();
    assert.equal(await page.getByRole('meter', { name: 'Right' }).getAttribute('aria-valuenow'), '-60');
    assert.ok(asked > 0);
    await button(page, 'Pause').click();
    await button(page, 'Play').waitFor();
    await page.waitForTimeout(300);
    const before = asked;
    await page.waitForTimeout(600);
    assert.equal(asked, before);
  });

  it('seeks by the slider, with pointer and keys', async (t) => {
    const { page, radio } = await open(t);
    const slider = page.getByRole('slider', { name: 'Position' });
    const box = await slider.boundingBox();
    assert.ok(box);
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await page.locator('.times span', { hasText: /^1:4/ }).waitFor();
    const [byPointer] = called(radio, 'Player.seek');
    assert.ok(byPointer);
    const { positionMs } = byPointer.input as { positionMs: number };
    assert.ok(Math.abs(positionMs - 107_000) < 2500, String(positionMs));
    await slider.press('ArrowLeft');
    await page.locator('.times span', { hasText: /^1:4[0-4]/ }).waitFor();
    assert.equal(called(radio, 'Player.seek').length, 2);
    assert.equal(called(radio, 'Player.skip').length, 0);
  });

  it('says when somebody skipped a moment ago', async (t) => {
    const { page, radio } = await open(t);
    radio.answer('Player.skip', () => ({ skipped: null, throttled: true }));
    await skipButton(page).click();
    await page.getByRole('status').getByText('Somebody skipped a moment ago').waitFor();
  });
});

describe('next up', () => {
  const order = (radio: FakeRadio) => radio.entries.map((each) => each.entry).join(' ');

  it('takes an entry out', async (t) => {
    const { page, radio } = await open(t);
    await button(page, 'Remove Ember').click();
    await page.locator('.next .row', { hasText: 'Ember' }).waitFor({ state: 'detached' });
    assert.equal(order(radio), '1 2 4 5 6');
  });

  it('puts it back when the daemon says no, with its words', async (t) => {
    const { page, radio } = await open(t);
    radio.answer('Queue.askRemove', () => ({ error: 'TOO_LATE', message: 'It has begun: skip it instead.' }));
    await button(page, 'Remove Ember').click();
    await page.getByRole('status').getByText('It has begun').waitFor();
    assert.equal(await rows(page).count(), 5);
  });

  it('moves by button, by key on the grip, and by dragging', async (t) => {
    const { page, radio } = await open(t);
    await button(page, 'Move Ember up').click();
    await rowAt(page, 0, 'Ember').waitFor();
    assert.equal(order(radio), '1 3 2 4 5 6');

    await button(page, 'Move Ember: arrow keys, or drag').press('ArrowDown');
    await rowAt(page, 1, 'Ember').waitFor();
    assert.equal(order(radio), '1 2 3 4 5 6');

    const grip = button(page, 'Move Østersøen: arrow keys, or drag');
    await grip.scrollIntoViewIfNeeded();
    const box = await grip.boundingBox();
    assert.ok(box);
    const x = box.x + box.width / 2;
    const y = box.y + box.height / 2;
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y - 100, { steps: 4 });
    await page.mouse.move(x, y - 192, { steps: 4 });
    await page.mouse.up();
    await rowAt(page, 1, 'Østersøen').waitFor();
    assert.equal(order(radio), '1 2 6 3 4 5');
  });

  it('finds a piece and adds it', async (t) => {
    const { page, radio } = await open(t);
    await page.keyboard.press('/');
    await page.getByRole('searchbox').fill('stairwell');
    await button(page, 'Play Stairwell next').click();
    await page.getByRole('status').getByText('Stairwell plays next.').waitFor();
    assert.equal(radio.entries[1]?.passage, 13);
    await page.getByRole('searchbox').fill('zzz');
    await page.getByText('Nothing is called “zzz”.').waitFor();
    // The first Escape empties the field, as everywhere.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await rows(page).first().textContent(), 'Stairwell');
  });
});

describe('the rules', () => {
  it('are listed as sentences, found by their words, and say how often and when last', async (t) => {
    const { page, complaints } = await open(t);
    await button(page, 'What Segue does by itself').click();
    const sheet = page.getByRole('dialog', { name: 'Rules' });
    await sheet.getByText('3 rules, in the order in which they act.').waitFor();
    const lines = sheet.locator('.rules li');
    assert.equal(await lines.count(), 3);
    assert.match(
      (await lines.first().textContent()) ?? '',
      /a passage is chosen.*AutoSelectWhenQueueLow · 11 times, last/,
    );
    assert.match((await lines.nth(1).textContent()) ?? '', /PersistVolume · not yet$/);
    assert.match((await lines.nth(2).textContent()) ?? '', /QuietAfterTen · switched off · your own$/);
    await sheet.getByRole('searchbox').fill('volume saved');
    await sheet.getByText('1 of 3 rules').waitFor();
    assert.equal(await lines.count(), 1);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    assert.deepEqual(complaints, []);
  });
});

describe('why, and what is wrong', () => {
  it('says why in a sentence and in facts', async (t) => {
    const { page } = await open(t);
    await button(page, 'Why this?').click();
    const sheet = page.getByRole('dialog', { name: 'Why this?' });
    await sheet.getByText('It is evening until 22:00').waitFor();
    await sheet.getByText('2 queued already, 1 heard too recently').waitFor();
    assert.equal(await sheet.locator('.candidates .chosen .title').textContent(), 'Harbour Lights');
  });

  it('shows reasons and failing checks in words, with nothing playing', async (t) => {
    const radio = new FakeRadio([]);
    radio.directorState = { paused: false, reason: 'NO_PASSAGES', freeAtMs: null };
    radio.health = [{ name: 'audio', ok: false, message: 'The DAC is gone: plug it in again.' }];
    const { page } = await open(t, { radio });
    await title(page, 'Nothing plays yet').waitFor();
    await page.getByText('There is no music yet').waitFor();
    await page.getByText('The DAC is gone: plug it in again.').waitFor();
    assert.equal(await skipButton(page).isDisabled(), true);
  });

  it('tells notices of the daemon', async (t) => {
    const { page, server } = await open(t);
    server.hub.broadcast('notice', { message: 'ember.mp3 cannot be played: it is text.' });
    await page.getByRole('status').getByText('ember.mp3 cannot be played').waitFor();
  });

  it('shows how an import goes and how long it will take, pauses it and lets it go on', async (t) => {
    const { page, server, radio } = await open(t);
    const tell = (state: string, bytesPerS: number | null) => {
      radio.importStatus = {
        ...{ job: 3, state, found: 10, done: 4, foundBytes: 5e8, doneBytes: 2e8, bytesPerS },
        ...{ leftMs: bytesPerS === null ? null : 120_000, added: 4, failed: 0, current: null, message: null },
      };
      server.hub.broadcast('import', {});
    };
    tell('analysing', 2_500_000);
    await page.getByText('4 of 10 files, 4 new, 2.5 MB/s, 2 min left.').waitFor();
    assert.equal(await page.getByRole('progressbar', { name: 'Import' }).getAttribute('value'), '200000000');
    await button(page, 'Pause the import').click();
    tell('paused', null);
    await page.getByText('Your music waits to be read on.').waitFor();
    await button(page, 'Go on with the import').click();
    tell('done', null);
    await page.getByText('Your music waits to be read on.').waitFor({ state: 'detached' });
    const asked = radio.calls
      .filter(({ name }) => name.startsWith('Import.'))
      .map(({ name, input }) => ({ name, input }));
    assert.deepEqual(asked, [
      { name: 'Import.pause', input: { job: 3 } },
      { name: 'Import.resume', input: { job: 3 } },
    ]);
  });

  it('says that it is offline, and comes back with what it missed', async (t) => {
    const { page, server, radio } = await open(t);
    await page.route('**/api/v1/events*', (route) => route.abort());
    server.hub.close();
    await page.getByText('Not connected.').waitFor();
    await button(page, 'Now').click();
    await page.getByText('Not connected.').waitFor();
    radio.skip();
    await page.unroute('**/api/v1/events*');
    await title(page, 'The Long Way Round to Everything We Said').waitFor();
    await page.getByText('Not connected.').waitFor({ state: 'detached' });
  });
});

describe('looks', () => {
  it('keeps its contrast on every colour, light and dark', async (t) => {
    for (const colorScheme of ['dark', 'light'] as const) {
      const { page } = await open(t, { context: { colorScheme } });
      const ratios = (await page.evaluate(CONTRAST)) as Ratio[];
      assert.ok(ratios.length > 400);
      assert.deepEqual(
        ratios.filter(({ ratio, least }) => !(ratio >= least)),
        [],
        colorScheme,
      );
    }
  });

  it('fits a small phone without scrolling sideways', async (t) => {
    const { page } = await open(t, { context: { viewport: { width: 320, height: 568 } } });
    assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
  });

  it('fetches art no larger than it is shown', async (t) => {
    for (const [deviceScaleFactor, large, row] of [
      [1, [384], [96]],
      [3, [768, 1536], [192]],
    ] as const) {
      const { page, complaints } = await open(t, { context: { deviceScaleFactor } });
      const fetched: string[] = [];
      page.on('request', (request) => fetched.push(request.url()));
      await page.reload();
      const sizeOf = async (place: string) => {
        const image = `document.querySelector('${place} .art img')`;
        await page.waitForFunction(`${image}?.complete`);
        const source = (await page.evaluate(`${image}.currentSrc`)) as string;
        return Number(/size=(\d+)$/.exec(source)?.[1]);
      };
      assert.ok((large as readonly number[]).includes(await sizeOf('.stage')), await page.content());
      assert.ok((row as readonly number[]).includes(await sizeOf('.next .row')));
      const art = fetched.filter((url) => url.includes('/art/'));
      assert.ok(art.length >= 3 && art.every((url) => /\?size=\d+$/.test(url)), art.join(' '));
      // The colour of the page is taken from the smallest.
      assert.ok(art.some((url) => url.endsWith('/a1?size=96')));
      assert.deepEqual(complaints, []);
    }
  });

  it('is small', () => {
    const files = readdirSync(PANEL, { recursive: true }).map(String);
    const compressed = files.filter((file) => file.endsWith('.gz'));
    const bytes = compressed.reduce((sum, file) => sum + statSync(join(PANEL, file)).size, 0);
    assert.ok(compressed.length >= 4);
    assert.ok(bytes <= MAX_GZIP_BYTES, `${bytes} bytes`);
  });
});
