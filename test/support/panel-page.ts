// The panel as it is built, in a page of a real browser, over the real HTTP adapter and a fake radio.
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { FakeRadio } from './fake-radio.ts';
import { type FakeServer, startFakeServer } from './fake-server.ts';

export const PANEL = fileURLToPath(new URL('../../dist/panel', import.meta.url));

export interface PanelOptions {
  readonly radio?: FakeRadio;
  /** The clock of the page is moved by the test. */
  readonly isClockOurs?: boolean;
  readonly context?: BrowserContextOptions;
}

export interface OpenedPanel {
  readonly page: Page;
  readonly server: FakeServer;
  readonly radio: FakeRadio;
  /** What the browser complained about. */
  readonly complaints: string[];
}

/** The page of a server of its own; both are gone when the test is. */
export async function openPanel(
  t: TestContext,
  browser: Browser,
  options: PanelOptions = {},
): Promise<OpenedPanel> {
  const server = await startFakeServer({ panelDir: PANEL, ...(options.radio && { radio: options.radio }) });
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    reducedMotion: 'reduce',
    ...options.context,
  });
  t.after(async () => {
    await context.close();
    await server.close();
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  if (options.isClockOurs) await page.clock.install();
  await page.goto(server.url);
  await page.getByRole('heading', { level: 2 }).waitFor();
  return { page, server, radio: server.radio, complaints };
}
