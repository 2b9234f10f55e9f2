import { join } from 'node:path';
import {
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { keepReason } from '../../src/lib/consume/failure-reasons.ts';
import { barriers } from '../fixtures/axe.ts';
import { hasBrowser, useTabs } from '../fixtures/browser.ts';

const QUEUE = 'email-service-queue';
const DLQ = 'email-service-dlq';

describe.skipIf(!hasBrowser)('dead letters on the page', () => {
  const pages = useTabs();
  const urlOf = (name: string): string => `${pages.aws.endpoint}/000000000000/${name}`;

  const depth = async (name: string): Promise<number> => {
    const { Attributes } = await pages.aws.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: urlOf(name),
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    return Number(Attributes?.ApproximateNumberOfMessages);
  };

  /** Publishes orders and lets a consumer fail on each until it is dead. Orders of an odd number have another reason. */
  const deadLetter = async (orders: readonly number[]): Promise<void> => {
    const before = await depth(DLQ);
    for (const order of orders) {
      await pages.pubsub.run(['publish', 'order.created', '--order-id', String(order)]);
    }
    while ((await depth(DLQ)) < before + orders.length) {
      const { Messages = [] } = await pages.aws.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: urlOf(QUEUE),
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 0,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      );
      for (const { MessageId = '', Body = '', Attributes } of Messages) {
        const isOdd = /order_id\D+\d*[13579]\b/.test(Body);
        keepReason(join(pages.pubsub.env.XDG_STATE_HOME, 'pubsub'), {
          queue: QUEUE,
          messageId: MessageId,
          eventId: null,
          outcome: 'failed',
          reason: isOdd ? 'mail server said no' : 'no such user',
          receiveCount: Number(Attributes?.ApproximateReceiveCount),
          time: new Date().toISOString(),
        });
      }
    }
  };

  beforeEach(async () => {
    for (const name of [QUEUE, DLQ]) {
      await pages.aws.sqs.send(new PurgeQueueCommand({ QueueUrl: urlOf(name) }));
      await expect.poll(() => depth(name)).toBe(0);
    }
  });

  const select = (tab: Page, order: number): Promise<void> =>
    tab
      .getByRole('listitem')
      .filter({ hasText: `"order_id":${order},` })
      .getByRole('checkbox')
      .check();

  it('are looked at without receiving, and grouped by why they failed', async () => {
    await deadLetter([1, 3, 2]);
    const tab = await pages.open('queues');
    await tab.getByRole('link', { name: DLQ }).click();
    await tab.getByText('looked at without receiving').waitFor();
    const groups = tab.getByRole('heading', { level: 2 });
    await expect
      .poll(() => groups.allTextContents())
      .toEqual(['mail server said no', 'no such user']);
    await tab.getByRole('button', { name: 'Only these' }).last().click();
    await expect.poll(() => groups.allTextContents()).toEqual(['no such user']);
    await tab.getByRole('button', { name: /order.created/ }).click();
    await tab.getByText('3 known failures').waitFor();
    expect(await barriers(tab)).toEqual([]);
    expect(await depth(DLQ)).toBe(3);
  });

  it('go back where they came from, those that were chosen', async () => {
    await deadLetter([1, 2]);
    const tab = await pages.open(`queues/${DLQ}`);
    await select(tab, 2);
    await tab.getByRole('button', { name: 'Redrive 1' }).click();
    const dialog = tab.getByRole('dialog');
    await dialog.getByText('local · 000000000000').waitFor();
    await dialog.getByText(/pubsub dlq redrive email --id \S+/).waitFor();
    expect(await depth(DLQ)).toBe(2);
    await dialog.getByRole('button', { name: 'Redrive', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => depth(DLQ)).toBe(1);
    expect(await depth(QUEUE)).toBe(1);
    await expect.poll(() => tab.getByRole('main').getByRole('checkbox').count()).toBe(2);
  });

  it('that fit a filter are those that are shown, and none where none is', async () => {
    await deadLetter([1, 2]);
    // Only the envelope around each of them says it.
    const tab = await pages.open(`queues/${DLQ}?text=order-events`);
    const none = tab.getByRole('button', { name: 'Redrive 0' });
    await none.waitFor();
    expect(await none.isDisabled()).toBe(true);
    expect(await tab.getByRole('button', { name: 'Delete 0' }).isDisabled()).toBe(true);
    await pages.show(tab, `queues/${DLQ}?text=order_id%22:2,`);
    await tab.getByRole('button', { name: 'Redrive 1' }).click();
    await tab
      .getByRole('dialog')
      .getByText(/pubsub dlq redrive email --id \S+/)
      .waitFor();
  });

  it('are deleted only when the name of the queue was typed', async () => {
    await deadLetter([5]);
    const tab = await pages.open(`queues/${DLQ}`);
    await select(tab, 5);
    await tab.getByRole('button', { name: 'Delete 1' }).click();
    const dialog = tab.getByRole('dialog');
    const agree = dialog.getByRole('button', { name: 'Delete', exact: true });
    await agree.waitFor();
    expect(await agree.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('email-service-dl');
    expect(await agree.isDisabled()).toBe(true);
    await tab.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await depth(DLQ)).toBe(1);
    await tab.getByRole('button', { name: 'Delete 1' }).click();
    await dialog.getByRole('textbox').fill(DLQ);
    await agree.click();
    await tab.getByText('The queue is empty').waitFor();
    expect(await depth(DLQ)).toBe(0);
  });

  it('are edited and sent again', async () => {
    await deadLetter([7]);
    const tab = await pages.open(`queues/${DLQ}`);
    await tab.getByRole('button', { name: /order.created/ }).click();
    await tab.getByRole('button', { name: 'Edit and resend' }).click();
    const text = tab.getByLabel('Text', { exact: true }).last();
    await text.fill((await text.inputValue()).replace('"order_id":7', '"order_id":70'));
    await tab.getByRole('button', { name: 'Review' }).click();
    await tab.getByRole('dialog').getByRole('button', { name: 'Resend', exact: true }).click();
    await tab.getByText('The queue is empty').waitFor();
    await pages.show(tab, `queues/${QUEUE}`);
    await tab.getByText('"order_id":70,').first().waitFor();
  });
});
