// The Mood sheet of the panel, open in a page of a real browser: Friday, 19:30, in the radio and on the page.
import type { TestContext } from 'node:test';
import type { Browser, Locator } from 'playwright-core';
import type { Timeslot } from '../../sync/vocabulary/timeslots.ts';
import { FakeRadio } from './fake-radio.ts';
import { type OpenedPanel, openPanel, type PanelOptions } from './panel-page.ts';

export const SLOTS: readonly Timeslot[] = [
  { name: 'morning', startMinute: 390, references: [2], flavor: null, silent: false },
  { name: 'evening', startMinute: 1110, references: [1, 4], flavor: null, silent: false },
  {
    ...{ name: 'night', startMinute: 1380, references: [], silent: true },
    flavor: { 'local.energy': { high: 0.25, low: 0.75 } },
  },
];

export interface OpenedMood extends OpenedPanel {
  readonly sheet: Locator;
}

/** `prepare`: before the page is opened. */
export async function openMood(
  t: TestContext,
  browser: Browser,
  options: Pick<PanelOptions, 'context'> & { prepare?: (radio: FakeRadio) => void } = {},
): Promise<OpenedMood> {
  const radio = new FakeRadio();
  radio.timeslots = SLOTS;
  options.prepare?.(radio);
  const opened = await openPanel(t, browser, {
    radio,
    context: { timezoneId: 'Etc/UTC', locale: 'en-GB', ...options.context },
    isClockOurs: true,
  });
  await opened.page.clock.setFixedTime(radio.nowMs);
  await opened.page.getByRole('button', { name: 'Mood: evening' }).click();
  const sheet = opened.page.getByRole('dialog', { name: 'Mood' });
  await sheet.getByText('By the time of day: evening.').waitFor();
  return { ...opened, sheet };
}
