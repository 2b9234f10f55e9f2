import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { barriers } from '../fixtures/axe.ts';
import { hasBrowser, useTabs } from '../fixtures/browser.ts';

const DLQ = 'email-service-dlq';

describe.skipIf(!hasBrowser)('the page of a target that answers as AWS does', () => {
  // A message of which nobody knows anything; what may not be done.
  const pages = useTabs({
    expected: /40[34] \((Not Found|Forbidden)\)/,
    likeAws: { writesAllowed: true },
  });
  const url = (name: string): string => `${pages.aws.endpoint}/000000000000/${name}`;

  it('says on every view what can not be known', async () => {
    const tab = await pages.open();
    await tab.getByText('aws · 000000000000 · us-east-1').first().waitFor();
    await tab.getByText('Who receives from a queue can not be known here.').waitFor();
    await pages.show(tab, 'topology?as=table');
    await tab.getByText('Who is wired to whom').waitFor();
    const passed = tab.locator('td[data-head=Passed], td[data-head=Stopped]');
    expect(new Set(await passed.allTextContents())).toEqual(new Set(['–']));
    await pages.show(tab, 'messages');
    await tab.getByText('Messages can not be listed here').waitFor();
    await tab.getByText('pubsub tap --target aws').waitFor();
    expect(await tab.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    expect(await barriers(tab)).toEqual([]);
    await pages.show(tab, 'messages/6f1c');
    await tab.getByText('Nothing is known of the message 6f1c.').waitFor();
    await pages.show(tab, 'charts');
    await tab.getByText('Deliveries and ages can not be known on this target.').waitFor();
    await tab.getByRole('heading', { name: 'Waiting messages' }).waitFor();
    expect(await tab.getByRole('heading', { name: 'Deliveries a second' }).count()).toBe(0);
    await pages.show(tab, 'publish?type=order.created');
    await tab.getByText('3 of 3 subscribers').waitFor();
    await pages.show(tab, 'doctor');
    await tab.getByRole('region', { name: 'All checks' }).waitFor();
  });

  it('receives nothing before somebody asks for it, and tells what that does', async () => {
    for (const body of ['one', 'two'])
      await pages.aws.sqs.send(new SendMessageCommand({ QueueUrl: url(DLQ), MessageBody: body }));
    const receives = () => pages.proxy.counts.get('ReceiveMessage') ?? 0;
    const before = receives();
    const tab = await pages.open(`queues/${DLQ}`);
    const ask = tab.getByRole('button', { name: /^Receive up to 100/ });
    await ask.waitFor();
    await tab.getByText('raises their receive counts by 1').waitFor();
    expect(receives()).toBe(before);
    await ask.click();
    await tab.getByText('this look raised its receive count by 1').waitFor();
    const looked = receives();
    await tab
      .getByRole('checkbox', { name: /^Select .*/ })
      .last()
      .check();
    await tab.getByRole('button', { name: 'Delete 1' }).click();
    const dialog = tab.getByRole('dialog');
    await dialog.getByText('aws · 000000000000 · us-east-1').waitFor();
    await dialog.getByText(/up to 1 message .*raises the receive count of each/).waitFor();
    await dialog.getByText(/pubsub dlq purge email --id \S+ --yes --target aws/).waitFor();
    expect(receives()).toBe(looked);
    await dialog.getByRole('textbox').fill(DLQ);
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    // The page doesn't receive what is left on its own.
    await ask.waitFor();
    await tab.getByText(`1 message of ${DLQ} deleted.`).waitFor();
  });

  it('says what may not be done', async () => {
    const { rule } = pages.proxy;
    pages.proxy.rule = (request) =>
      ['PurgeQueue', 'ReceiveMessage', 'ListQueueTags'].includes(request.action)
        ? { status: 403, error: 'AccessDeniedException' }
        : rule(request);
    try {
      const tab = await pages.open(`queues/${DLQ}`);
      await tab.getByRole('button', { name: /^Receive up to 100/ }).click();
      await tab
        .getByRole('alert')
        .getByText(/not allowed|denied/i)
        .waitFor();
      await pages.show(tab, 'topology');
      await tab.getByRole('link', { name: /^email-service-queue/ }).click();
      await tab.getByText('Its tags may not be read.').waitFor();
    } finally {
      pages.proxy.rule = rule;
    }
    const { Messages = [] } = await pages.aws.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url(DLQ), VisibilityTimeout: 0 }),
    );
    expect(Messages).toHaveLength(1);
  });
});

describe.skipIf(!hasBrowser)('the page of AWS without --allow-writes', () => {
  const pages = useTabs({ likeAws: { writesAllowed: false } });

  it('looks only, and says how it would change things', async () => {
    const QueueUrl = `${pages.aws.endpoint}/000000000000/${DLQ}`;
    await pages.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));
    const tab = await pages.open('publish?type=order.created');
    await tab.getByText('This page only looks').waitFor();
    await tab.getByText('3 of 3 subscribers').waitFor();
    const isOff = (name: string) => tab.getByRole('button', { name, exact: true }).isDisabled();
    expect(await isOff('Publish')).toBe(true);
    await pages.show(tab, `queues/${DLQ}`);
    await tab.getByRole('button', { name: /^Receive up to 100/ }).click();
    await tab.getByText('received and given back', { exact: true }).waitFor();
    for (const name of ['Redrive all', 'Purge']) expect(await isOff(name)).toBe(true);
    await tab.getByRole('button', { expanded: false }).click();
    expect(await isOff('Edit and resend')).toBe(true);
    expect(await barriers(tab)).toEqual([]);
  });
});
