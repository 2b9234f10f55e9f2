import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { keepComparison } from '../../src/lib/compare/last-comparison.ts';
import { barriers } from '../fixtures/axe.ts';
import { hasBrowser, useTabs, WIDTHS } from '../fixtures/browser.ts';
import { ordersComparison } from '../fixtures/comparison.ts';

const BUILT = join(import.meta.dirname, '../../dist/ui');
const MAX_SCRIPT_BYTES = 150_000;

/** Nodes of the graph that are not wholly in its frame from side to side. */
const CUT_OFF = `(() => {
  const frame = document.querySelector('.graph').getBoundingClientRect();
  return [...document.querySelectorAll('.graph .node')]
    .filter((node) => {
      const { left, right } = node.getBoundingClientRect();
      return left < frame.left || right > frame.right;
    })
    .map((node) => node.textContent);
})()`;

/** Each view, and something that it shows when it is there. */
const VIEWS: readonly (readonly [string, string])[] = [
  ['topology', 'email-service-queue'],
  ['topology?as=table', 'Who is wired to whom'],
  ['messages', 'order.created'],
  ['queues', 'Dead-letter queues'],
  ['queues/email-service-queue', 'looked at without receiving'],
  ['publish', 'Who would get it'],
  ['queues/email-service-dlq', 'No reason is known'],
  ['doctor', 'email: dead-letters'],
  ['charts', 'Deliveries a second'],
  ['charts', 'Measured, 10 orders'],
];

describe('the script of the page', () => {
  it('is small', () => {
    const script = gzipSync(readFileSync(join(BUILT, 'page.js')), { level: 9 });
    expect(script.length).toBeLessThan(MAX_SCRIPT_BYTES);
  });
});

describe.skipIf(!hasBrowser)('each view of the page', () => {
  // A message that is not known is asked for.
  const pages = useTabs({ expected: /404 \(Not Found\)/ });

  it.each(
    WIDTHS.flatMap((width) =>
      (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
    ),
  )('is there and keeps nobody out, $width wide and $colorScheme', async (look) => {
    const env = { TRACEPARENT: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
    const { doc } = await pages.pubsub.json(['publish', 'order.created'], { env });
    const [{ messageId }] = (doc as { messages: [{ messageId: string }] }).messages;
    const traced = [`messages/${messageId}`, 'accept order-events'] as const;
    const DEAD = `${pages.aws.endpoint}/000000000000/email-service-dlq`;
    await pages.aws.sqs.send(new SendMessageCommand({ QueueUrl: DEAD, MessageBody: 'dead' }));
    keepComparison(join(pages.pubsub.env.XDG_STATE_HOME, 'pubsub'), ordersComparison());
    const tab = await pages.open('topology', look);
    for (const [view, words] of [traced, ...VIEWS]) {
      await pages.show(tab, view);
      await tab.getByText(words).first().waitFor();
      expect({ view, found: await barriers(tab) }).toEqual({ view, found: [] });
      const overflow = await tab.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect({ view, overflow }).toEqual({ view, overflow: 0 });
      if (view === 'topology') expect(await tab.evaluate(CUT_OFF)).toEqual([]);
    }
    await tab.getByRole('link', { name: 'Messages' }).click();
    await tab.getByRole('link', { name: 'order.created' }).first().click();
    await tab.getByRole('heading', { name: 'order.created' }).waitFor();
    expect(await barriers(tab)).toEqual([]);
  });

  it('follows the system, or what was chosen', async () => {
    const tab = await pages.open('topology', { colorScheme: 'dark' });
    const isDark = () => tab.evaluate("document.documentElement.dataset.theme === 'dark'");
    expect(await isDark()).toBe(true);
    await tab.emulateMedia({ colorScheme: 'light' });
    await expect.poll(isDark).toBe(false);
    const theme = tab.getByRole('button', { name: /^Theme/ });
    await theme.click();
    await theme.click();
    await expect.poll(isDark).toBe(true);
    await tab.reload();
    expect(await isDark()).toBe(true);
  });

  it('grows for a room full of people', async () => {
    const tab = await pages.open();
    const size = () => tab.evaluate('parseFloat(getComputedStyle(document.body).fontSize)');
    const before = Number(await size());
    await tab.getByRole('button', { name: 'Large type' }).click();
    await expect.poll(size).toBe(before * 1.5);
    expect(await barriers(tab)).toEqual([]);
  });

  it('says why it is empty', async () => {
    const tab = await pages.open('messages?type=nothing.such');
    await tab.getByText('No message fits').waitFor();
    await tab.getByRole('link', { name: 'Show all messages' }).click();
    await tab.getByText('order.created').first().waitFor();
    await pages.show(tab, 'queues/inventory-service-dlq');
    await tab.getByText('Nothing failed for good').waitFor();
    await pages.show(tab, 'messages/00000000-0000-0000-0000-000000000000');
    await tab.getByText('Nothing is known of this message').waitFor();
  });
});
