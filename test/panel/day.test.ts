// The day changed on the page, in a real browser over the real HTTP adapter: every act of it, what is said before and
// after saving, and that nothing is lost by closing the sheet or by somebody else.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import type { FakeRadio } from '../support/fake-radio.ts';
import { guard } from '../support/guarded.ts';
import { openMood, SLOTS } from '../support/panel-mood.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const toggle = (sheet: Locator, name: string) =>
  sheet.getByRole('button', { name: new RegExp(`^${name}.*: what`) });
const button = (sheet: Locator, name: string) => sheet.getByRole('button', { name, exact: true });
const isSaid = (sheet: Locator, text: string) =>
  sheet.locator('.save-bar').getByText(text, { exact: true }).waitFor();
const puts = (radio: FakeRadio) => radio.calls.filter(({ name }) => name === 'Timeslots.replaceAll');
const slotOf = (radio: FakeRadio, name: string) => radio.timeslots.find((slot) => slot.name === name);
/** What the focused control is called. Not by :focus, which is on a part of it while a time is typed. */
const focused = (page: Page) =>
  page.evaluate<string>(`(({ ariaLabel, textContent }) => ariaLabel ?? textContent)(document.activeElement)`);
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; (await focused(page)) !== name; presses++) {
    assert.ok(presses < 25, `Tab does not lead to ${name}`);
    await page.keyboard.press('Tab');
  }
}

it('renames a slot, moves it, finds what it should sound like, and saves all of it at once', async (t) => {
  const { page, radio, sheet, complaints } = await openMood(t, browser);
  await isSaid(sheet, 'Nothing is changed.');
  await toggle(sheet, 'morning').click();
  await sheet.getByRole('textbox', { name: 'Name' }).fill('dawn');
  await sheet.getByLabel('Start of dawn').fill('05:45');
  await sheet.getByRole('list', { name: 'What dawn sounds like' }).getByText('The Paper Lanterns').waitFor();
  await sheet.getByRole('searchbox').fill('copper');
  await button(sheet, 'Add Copper Wire to dawn').click();
  await sheet.getByRole('button', { name: 'Copper Wire is in dawn' }).waitFor();
  await isSaid(sheet, 'Not saved yet.');
  assert.deepEqual(radio.timeslots, SLOTS, 'nothing is written before it is saved');
  await button(sheet, 'Save').click();
  await isSaid(sheet, 'Saved.');
  const dawn = { name: 'dawn', startMinute: 345, references: [2, 10], flavor: null, silent: false };
  assert.deepEqual(radio.timeslots, [dawn, SLOTS[1], SLOTS[2]]);
  assert.equal(puts(radio).length, 1);
  assert.equal(await toggle(sheet, 'dawn').getAttribute('aria-expanded'), 'true', 'it stays open');
  await page.reload();
  await page.getByRole('button', { name: 'Mood: evening' }).click();
  await toggle(sheet, 'dawn').click();
  await sheet.getByRole('list', { name: 'What dawn sounds like' }).getByText('Copper Wire').waitFor();
  // A new name is a mood to ask for.
  await button(sheet, 'dawn').waitFor();
  assert.deepEqual(complaints, []);
});

it('takes a piece out, adds what sounds now, and keeps the focus where the work is', async (t) => {
  const { page, radio, sheet } = await openMood(t, browser);
  await toggle(sheet, 'evening').click();
  await sheet.getByRole('button', { name: '“Harbour Lights” is among them' }).waitFor();
  await button(sheet, 'Take Harbour Lights out of evening').click();
  assert.equal(await focused(page), 'Take Glasshouse out of evening');
  await page.keyboard.press('Enter');
  assert.match(await focused(page), /^Add a piece to evening/);
  await sheet.getByText('Say what it sounds like: add a piece, or make it silent.').waitFor();
  await sheet.getByRole('button', { name: 'Add what sounds now: “Harbour Lights”' }).click();
  assert.equal(await sheet.getByText('Say what it sounds like').count(), 0);
  await button(sheet, 'Save').click();
  await isSaid(sheet, 'Saved.');
  assert.deepEqual(slotOf(radio, 'evening')?.references, [1]);
});

it('adds a slot like the one it splits, and removes one; the last one cannot be', async (t) => {
  const { page, radio, sheet } = await openMood(t, browser);
  const start = sheet.getByLabel('Start of another timeslot');
  assert.equal(await start.inputValue(), '12:30', 'in the middle of the longest');
  await start.fill('18:30');
  await button(sheet, 'Add a timeslot').click();
  await sheet.getByText('“evening” begins at 18:30 already.').waitFor();
  await start.fill('20:00');
  await button(sheet, 'Add a timeslot').click();
  assert.equal(await page.locator(':focus').inputValue(), 'evening 2');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('late');
  await button(sheet, 'Save').click();
  await isSaid(sheet, 'Saved.');
  assert.deepEqual(radio.timeslots, [
    SLOTS[0],
    SLOTS[1],
    { name: 'late', startMinute: 1200, references: [1, 4], flavor: null, silent: false },
    SLOTS[2],
  ]);
  await button(sheet, 'Remove late').click();
  assert.match(await focused(page), /^evening, now/, 'its time goes to the one before, and the focus too');
  await toggle(sheet, 'night').click();
  await button(sheet, 'Remove night').click();
  await toggle(sheet, 'morning').click();
  await button(sheet, 'Remove morning').click();
  await toggle(sheet, 'evening').click();
  await sheet.getByText('It is the only timeslot, so it cannot be removed.').waitFor();
  assert.equal(await sheet.getByRole('button', { name: /^Remove/ }).count(), 0);
  await button(sheet, 'Save').click();
  await isSaid(sheet, 'Saved.');
  assert.deepEqual(radio.timeslots, [SLOTS[1]]);
});

it('makes a slot silent and lets it sound again; what may not be is said before saving', async (t) => {
  const { page, radio, sheet } = await openMood(t, browser);
  await toggle(sheet, 'morning').click();
  const silent = (name: string) => sheet.getByRole('checkbox', { name: `Silent: nothing plays in ${name}` });
  await silent('morning').check();
  await button(sheet, 'Save').click();
  await isSaid(sheet, 'Saved.');
  assert.deepEqual(slotOf(radio, 'morning'), { ...SLOTS[0], silent: true });
  await toggle(sheet, 'evening').click();
  await silent('evening').check();
  await isSaid(sheet, 'At least one timeslot has to sound.');
  await button(sheet, 'Save').click();
  assert.equal(puts(radio).length, 1, 'what the daemon would refuse is not sent');
  // Its numbers are enough to sound by.
  await toggle(sheet, 'night').click();
  await silent('night').uncheck();
  await toggle(sheet, 'morning').click();
  await button(sheet, 'Take The Long Way Round to Everything We Said out of morning').click();
  await silent('morning').uncheck();
  await sheet.getByText('Say what it sounds like: add a piece, or make it silent.').waitFor();
  await toggle(sheet, 'morning').click();
  await button(sheet, 'Save').click();
  assert.match(await focused(page), /^Add a piece to morning/, 'Save leads to what is to be mended');
  assert.equal(puts(radio).length, 1);
  await silent('morning').check();
  await button(sheet, 'Save').click();
  await isSaid(sheet, 'Saved.');
  assert.deepEqual(
    radio.timeslots.map(({ name, references, silent: is }) => [name, references.length, is]),
    [
      ['morning', 0, true],
      ['evening', 2, true],
      ['night', 0, false],
    ],
  );
  assert.deepEqual(slotOf(radio, 'night')?.flavor, SLOTS[2]?.flavor);
});

it('discards what was changed', async (t) => {
  const { radio, sheet } = await openMood(t, browser);
  await sheet.getByLabel('Start of night').fill('19:15');
  await sheet.getByRole('listitem').filter({ hasText: 'night' }).getByText('now').waitFor();
  await button(sheet, 'Discard').click();
  assert.equal(await sheet.getByLabel('Start of night').inputValue(), '23:00');
  await isSaid(sheet, 'Nothing is changed.');
  await sheet.getByLabel('Start of night').fill('18:30');
  await sheet.getByText('Another timeslot begins at 18:30 too.').first().waitFor();
  assert.equal(await sheet.getByLabel('Start of evening').getAttribute('aria-invalid'), 'true');
  assert.deepEqual([puts(radio), radio.timeslots], [[], SLOTS]);
});

it('shows what the daemon refuses next to its field, and what is of none below', async (t) => {
  const { radio, sheet } = await openMood(t, browser);
  const message = 'another timeslot has this name';
  radio.answer('Timeslots.replaceAll', () => ({
    ...{ error: 'INVALID', message: 'The timeslots were not changed.' },
    details: [{ path: 'timeslots[1].name', message }],
  }));
  await sheet.getByLabel('Start of night').fill('22:00');
  await button(sheet, 'Save').click();
  const name = sheet.getByRole('textbox', { name: 'Name' });
  await sheet.getByRole('alert').getByText('Another timeslot has this name.').waitFor();
  assert.equal(await name.inputValue(), 'evening', 'the slot it is of is opened');
  assert.equal(await sheet.locator(':focus').getAttribute('id'), await name.getAttribute('id'));
  assert.equal(await name.getAttribute('aria-invalid'), 'true');
  assert.equal(await sheet.getByLabel('Start of night').inputValue(), '22:00', 'what was changed stays');
  await name.fill('eve');
  assert.equal(await sheet.getByText('Another timeslot has this name.').count(), 0);
  radio.answer('Timeslots.replaceAll', () => ({ error: 'NO_ANSWER', message: 'The flow ended unanswered.' }));
  await button(sheet, 'Save').click();
  await isSaid(sheet, 'The flow ended unanswered.');
  radio.answers.delete('Timeslots.replaceAll');
  await button(sheet, 'Save').click();
  await isSaid(sheet, 'Saved.');
  assert.equal(slotOf(radio, 'eve')?.startMinute, 1110);
});

it('what is changed while it is being saved is not lost', async (t) => {
  const { radio, sheet } = await openMood(t, browser);
  let answer = (): void => assert.fail('it was not asked');
  radio.answer('Timeslots.replaceAll', (input: Record<string, unknown>) => {
    radio.answers.delete('Timeslots.replaceAll');
    return new Promise<object>((resolve) => {
      answer = () => resolve(radio.act('Timeslots.replaceAll', input));
    });
  });
  await sheet.getByLabel('Start of night').fill('22:00');
  await button(sheet, 'Save').click();
  await isSaid(sheet, 'Saving…');
  await sheet.getByLabel('Start of morning').fill('06:00');
  answer();
  await isSaid(sheet, 'Not saved yet.');
  assert.equal(slotOf(radio, 'night')?.startMinute, 1320);
  assert.equal(slotOf(radio, 'morning')?.startMinute, 390);
  await button(sheet, 'Save').click();
  await isSaid(sheet, 'Saved.');
  assert.deepEqual([slotOf(radio, 'morning')?.startMinute, slotOf(radio, 'night')?.startMinute], [360, 1320]);
});

it('a guest sees the day and what it sounds like, and nothing to change it with', async (t) => {
  const { sheet } = await openMood(t, browser, {
    prepare: (radio) => {
      const { access, code } = guard(radio);
      access.actions.enter({ code: code(), name: 'the kitchen', address: '::1' });
    },
  });
  await sheet.getByText('How the day sounds is for an admin to change.').waitFor();
  await toggle(sheet, 'evening').click();
  await sheet.getByRole('list', { name: 'What evening sounds like' }).getByText('Glasshouse').waitFor();
  const day = sheet.getByRole('region', { name: 'The day' });
  await day.getByText('06:30').waitFor();
  assert.equal(await day.locator('input').count(), 0);
  assert.deepEqual(await day.getByRole('button').evaluateAll((all) => all.map((each) => each.className)), [
    'toggle',
    'toggle',
    'toggle',
  ]);
});

const THEIRS = [{ ...SLOTS[1], name: 'their evening' }] as typeof SLOTS;
/** Somebody else saves them. */
function saveTheirs(radio: FakeRadio): void {
  radio.timeslots = THEIRS;
  radio.changed('timeslots');
}

it('shows at once what somebody else saves, while nothing is changed here', async (t) => {
  const { radio, sheet } = await openMood(t, browser);
  await toggle(sheet, 'morning').waitFor();
  saveTheirs(radio);
  await toggle(sheet, 'their evening').waitFor();
  await toggle(sheet, 'morning').waitFor({ state: 'detached' });
  await isSaid(sheet, 'Nothing is changed.');
});

it('what somebody else saves meanwhile is said, and takes the place of nothing unasked', async (t) => {
  const { radio, sheet } = await openMood(t, browser);
  const changed = sheet.getByText('Somebody else changed the timeslots meanwhile.');
  await sheet.getByLabel('Start of night').fill('22:00');
  saveTheirs(radio);
  await changed.waitFor();
  assert.equal(await sheet.getByLabel('Start of night').inputValue(), '22:00');
  assert.equal(await button(sheet, 'Save').getAttribute('aria-disabled'), 'true');
  await button(sheet, 'Save').press('Enter');
  assert.deepEqual(puts(radio), []);
  await button(sheet, 'Keep mine').click();
  await changed.waitFor({ state: 'detached' });
  assert.equal(await sheet.getByLabel('Start of night').inputValue(), '22:00');
  await button(sheet, 'Save').click();
  await isSaid(sheet, 'Saved.');
  assert.deepEqual(
    radio.timeslots.map(({ startMinute }) => startMinute),
    [390, 1110, 1320],
  );
  await sheet.getByLabel('Start of night').fill('23:30');
  saveTheirs(radio);
  await changed.waitFor();
  await button(sheet, 'Take theirs').click();
  await toggle(sheet, 'their evening').waitFor();
  assert.equal(await sheet.getByLabel('Start of night').count(), 0);
  assert.deepEqual(radio.timeslots, THEIRS);
});

it('who saves before word of it has come is refused, and told the same', async (t) => {
  const { radio, sheet } = await openMood(t, browser);
  await sheet.getByLabel('Start of night').fill('22:00');
  radio.timeslots = THEIRS;
  await button(sheet, 'Save').click();
  await sheet.getByText('Somebody else changed the timeslots meanwhile.').waitFor();
  assert.deepEqual(radio.timeslots, THEIRS);
  assert.equal(await sheet.getByLabel('Start of night').inputValue(), '22:00');
});

it('Escape ends a search, then closes the sheet; what is not saved is there when it is opened again', async (t) => {
  const { page, sheet } = await openMood(t, browser);
  await toggle(sheet, 'morning').click();
  await sheet.getByRole('textbox', { name: 'Name' }).fill('dawn');
  const search = sheet.getByRole('searchbox');
  await search.fill('copper');
  await button(sheet, 'Add Copper Wire to dawn').waitFor();
  await search.press('Escape');
  assert.equal(await search.inputValue(), '');
  await search.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  await page.getByText('What you changed of the day is kept here, but not saved yet.').waitFor();
  await page.getByRole('button', { name: 'Mood: evening' }).click();
  await isSaid(sheet, 'Not saved yet.');
  await sheet.getByLabel('Start of dawn').waitFor();
  const asked = page.waitForEvent('dialog');
  await page.close({ runBeforeUnload: true });
  const dialog = await asked;
  assert.equal(dialog.type(), 'beforeunload', 'only who leaves the page loses it, and is asked');
  await dialog.accept();
});

it('is usable by keys alone', async (t) => {
  const { page, radio, sheet } = await openMood(t, browser);
  await toggle(sheet, 'evening').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('dusk');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await tabTo(page, 'Remove dusk');
  await tabTo(page, 'Save');
  await page.keyboard.press('Enter');
  await isSaid(sheet, 'Saved.');
  assert.deepEqual(slotOf(radio, 'dusk'), { ...SLOTS[1], name: 'dusk', silent: true });
  assert.equal(await focused(page), 'Save', 'the focus stays');
});

it('fits a phone of 360 pixels: nothing is cut off or too small to touch, and everything has a name', async (t) => {
  const viewport = { width: 360, height: 740 };
  const { sheet } = await openMood(t, browser, { context: { viewport, hasTouch: true } });
  const list = sheet.locator('.day');
  const place = () =>
    list.evaluate((day) => {
      const { top, height } = day.getBoundingClientRect();
      return [top + (day.closest('dialog')?.scrollTop ?? 0), height];
    });
  const before = await place();
  await sheet.getByLabel('Start of night').fill('22:00');
  await isSaid(sheet, 'Not saved yet.');
  assert.deepEqual(await place(), before, 'the bar moves nothing');
  await toggle(sheet, 'morning').click();
  await sheet.getByRole('textbox', { name: 'Name' }).fill('The long way round to the first breakfast');
  await sheet.getByRole('searchbox').fill('a');
  await sheet.getByRole('list', { name: 'Found' }).waitFor();
  const width = await sheet.evaluate((dialog) => [dialog.scrollWidth, dialog.clientWidth]);
  assert.equal(width[0], width[1], 'nothing to scroll to the side');
  const small = await sheet.locator('section[aria-label="The day"] :is(button, input)').evaluateAll((all) =>
    all.flatMap((each) => {
      const target = each.closest('.switch, .field') ?? each;
      const { width: w, height: h, left, right } = target.getBoundingClientRect();
      return w < 44 || h < 44 || left < 0 || right > 360 ? [`${each.id || each.textContent} ${w}x${h}`] : [];
    }),
  );
  assert.deepEqual(small, []);
  const nameless = await sheet.locator('button, input').evaluateAll(
    (all) =>
      all.filter((each) => {
        const label = each.closest('label')?.textContent;
        const words = [each.getAttribute('aria-label'), each.textContent, label];
        return !words.some((word) => (word ?? '').trim() !== '');
      }).length,
  );
  assert.equal(nameless, 0);
});
