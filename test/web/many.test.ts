import { CreateTopicCommand, PublishBatchCommand } from '@aws-sdk/client-sns';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasBrowser, useTabs } from '../fixtures/browser.ts';

const MESSAGES = 100_000;
/** Published while the page is open. */
const BURST = 2_000;
const BATCH = 10;
/** Publishes under way at a time. */
const CONCURRENCY = 40;
/** Rows that may be in the document, of as many messages as there are. */
const MAX_DRAWN = 60;
/** Pages of older messages that are read. */
const PAGES = 10;
/** How long the page may be busy with one step, in milliseconds, however loaded the machine is. */
const MAX_BUSY_MS = 1_000;

describe.skipIf(!hasBrowser)('a page with very many messages', () => {
  const pages = useTabs();

  /** To a topic without subscriptions: the engine remembers 131,072 events, which is one a message then. */
  const publish = async (first: number, end: number): Promise<void> => {
    const { TopicArn } = await pages.aws.sns.send(new CreateTopicCommand({ Name: 'many' }));
    let next = first;
    const worker = async (): Promise<void> => {
      while (next < end) {
        const from = next;
        next += BATCH;
        const entries = Array.from({ length: BATCH }, (_, step) => ({
          Id: String(step),
          Message: `number ${from + step}`,
        }));
        await pages.aws.sns.send(
          new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries }),
        );
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  };

  /** The longest that the page's thread was busy at a stretch since it was last asked, in milliseconds. */
  const longestTask = async (tab: Page): Promise<number> =>
    Number(await tab.evaluate('{ const longest = window.longest; window.longest = 0; longest }'));

  it(`lists the newest of ${MESSAGES} while more come, and answers the keyboard`, async () => {
    await publish(0, MESSAGES);
    const tab = await pages.open('messages');
    // The page's server knows the newest 50,000 at least.
    await tab.getByText(/ of ([5-9]\d|\d{3}),\d{3}/).waitFor();
    await tab.evaluate(`window.longest = 0;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
      }).observe({ type: 'longtask' })`);
    await publish(MESSAGES, MESSAGES + BURST);
    await tab.getByText(`number ${MESSAGES + BURST - 1}`, { exact: true }).waitFor();
    const grid = tab.getByRole('grid');
    const rows = async () => Number(await grid.getAttribute('aria-rowcount'));
    expect(await grid.getByRole('row').count()).toBeLessThan(MAX_DRAWN);
    await grid.focus();
    for (let page = 0; page < PAGES; page++) {
      const before = await rows();
      await tab.keyboard.press('End');
      await expect.poll(rows).toBeGreaterThan(before);
    }
    expect(await grid.getByRole('row').count()).toBeLessThan(MAX_DRAWN);
    expect(await longestTask(tab)).toBeLessThan(MAX_BUSY_MS);
  });
});
