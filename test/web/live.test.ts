import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasBrowser, useTabs } from '../fixtures/browser.ts';

const TABS = 8;
const POLL = { timeout: 60_000, interval: 300 };

describe.skipIf(!hasBrowser)('a page that is open', () => {
  const pages = useTabs();
  const publish = (...flags: readonly string[]) =>
    pages.pubsub.run(['publish', 'order.created', ...flags]);

  it('shows what is published: at the nodes, on the edges, as a row', async () => {
    const tab = await pages.open();
    const queue = tab.getByRole('link', { name: /^email-service-queue/ });
    await queue.getByText(/^0\s*waiting$/).waitFor();
    await publish('--count', '3');
    await queue.getByText(/^3\s*waiting$/).waitFor();
    await tab.locator('.edge.subscription.busy').first().waitFor({ state: 'attached' });
    await pages.show(tab, 'messages');
    await expect
      .poll(() => tab.getByRole('gridcell', { name: 'order.created', exact: true }).count())
      .toBe(3);
    await publish('--order-id', '777');
    await tab.getByText('"order_id":777').waitFor();
  });

  it('shows of an outcome what has it, and lets go of what has it no more', async () => {
    const tab = await pages.open('messages?outcome=waiting');
    await publish('--order-id', '4141');
    const row = tab.getByRole('row').filter({ hasText: '"order_id":4141' });
    await row.waitFor();
    for (const name of ['email', 'inventory', 'analytics']) {
      const QueueUrl = `${pages.aws.endpoint}/000000000000/${name}-service-queue`;
      await pages.aws.sqs.send(new PurgeQueueCommand({ QueueUrl }));
    }
    await row.waitFor({ state: 'detached' });
    await pages.show(tab, 'messages?outcome=removed');
    await row.waitFor();
  });

  it('lets dots run along the edges, and none for who wants less motion', async () => {
    const watch = (tab: Page): Promise<unknown> =>
      tab
        .locator('.edge.subscription')
        .first()
        .waitFor({ state: 'attached' })
        .then(() =>
          tab.evaluate(`{
          const seen = new MutationObserver((changes) => {
            if (changes.some(({ addedNodes }) => [...addedNodes].some((node) => node.matches?.('.pulse')))) window.motion = 'dots';
            else if (document.querySelector('.edge.busy')) window.motion ??= 'none';
          });
          seen.observe(document.querySelector('.edges'), { childList: true, subtree: true, attributes: true });
        }`),
        );
    /** What was seen so far. Publishes again each time: an event from before the graph listened shows nothing. */
    const motion = async (tab: Page): Promise<unknown> => {
      await publish();
      return tab.evaluate('window.motion');
    };
    const tab = await pages.open('topology', { reducedMotion: 'no-preference' });
    await watch(tab);
    await expect.poll(() => motion(tab), POLL).toBe('dots');
    const calm = await pages.open('topology', { reducedMotion: 'reduce' });
    await watch(calm);
    await expect.poll(() => motion(calm), POLL).toBe('none');
  });

  it('holds the list still while somebody reads', async () => {
    await publish('--count', '60');
    const tab = await pages.open('messages');
    const rows = tab.getByRole('grid');
    await rows.getByRole('row').nth(20).waitFor();
    await tab.mouse.move(600, 500);
    await tab.mouse.wheel(0, 320);
    await tab.getByRole('button', { name: 'Resume' }).waitFor();
    const twelfth = await tab.evaluate("document.querySelector('#row-12 .time').textContent");
    await publish('--count', '5');
    await tab.getByText('5 new').waitFor();
    expect(await tab.evaluate("document.querySelector('#row-12 .time').textContent")).toBe(twelfth);
    await pages.show(tab, 'doctor');
    await pages.show(tab, 'messages');
    await tab.getByText('5 new').waitFor();
    expect(await tab.evaluate("document.querySelector('.rows').scrollTop")).toBe(320);
    await tab.getByRole('button', { name: 'Resume' }).click();
    await tab.getByText('New messages appear at the top.').waitFor();
    await expect
      .poll(() => tab.evaluate("document.querySelector('#row-17 .time').textContent"))
      .toBe(twelfth);
  });

  it(`shares one stream between ${TABS} tabs, and hands it on`, async () => {
    const streams: string[] = [];
    const first = await pages.open('messages');
    first.context().on('request', (request) => {
      if (request.url().endsWith('/stream')) streams.push(request.url());
    });
    const others: Page[] = [];
    for (let tab = 1; tab < TABS; tab++) {
      others.push(await pages.open('messages', { beside: first }));
    }
    expect(streams).toEqual([]);
    await publish('--order-id', '4242');
    for (const tab of others) await tab.getByText('"order_id":4242').waitFor();
    await first.close();
    await publish('--order-id', '4343');
    for (const tab of others) await tab.getByText('"order_id":4343').waitFor();
    expect(streams).toHaveLength(1);
  });

  it.each([
    ['quiet', 0],
    ['busy for a second', 1000],
  ])(
    'may change things in a tab that was opened by hand beside one that is %s',
    async (_, busyMs) => {
      const first = await pages.open('publish');
      const second = await first.context().newPage();
      const busy = first.evaluate(`const end = Date.now() + ${busyMs}; while (Date.now() < end);`);
      await second.goto(`${pages.url.split('#')[0]}#/publish`);
      await busy;
      await second.getByRole('button', { name: 'Publish', exact: true }).click();
      await second.getByText('Published order.created.').waitFor();
    },
  );

  it('reads nothing while it is hidden, and what it missed when it is seen again', async () => {
    const tab = await pages.open('messages');
    const ended = tab.waitForEvent('requestfailed', (request) => request.url().endsWith('/stream'));
    const hide = (hidden: boolean) =>
      tab.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await hide(true);
    await ended;
    await publish('--order-id', '999');
    await hide(false);
    await tab.getByText('"order_id":999').waitFor();
  });
});
