import {
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
} from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { hasBrowser, useTabs } from '../fixtures/browser.ts';
import { isHarmless, turned } from '../fixtures/foreign-text.ts';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:order-events';

/** What strangers write, and how it reads. */
const TEXTS: readonly (readonly [string, string, string])[] = [
  ['an element that runs code', '<img src=x onerror="window.owned=1">', '<img src=x onerror='],
  ['a script', '<script>window.owned=1</script>', '<script>window.owned=1'],
  ['a style', '</pre><style>*{display:none}</style>', '<style>*{display:none}'],
  ['what a terminal would take for a command', '\u009b2Jowned', 'U+009B2Jowned'],
  ['text that is turned round', 'user\u202egpj.exe\u202c', 'userU+202Egpj.exeU+202C'],
  ['what has no width', 'pay\u200bpal\u2060\ufeff', 'payU+200BpalU+2060U+FEFF'],
];

describe.skipIf(!hasBrowser)('what strangers write', () => {
  const pages = useTabs();

  it.each(TEXTS)('is text on every view: %s', async (_, text, reads) => {
    const { MessageId = '' } = await pages.aws.sns.send(
      new PublishCommand({
        TopicArn: TOPIC,
        Message: text,
        Subject: 'order <b>bold</b>',
        MessageAttributes: {
          event_type: { DataType: 'String', StringValue: text },
        },
      }),
    );
    const tab = await pages.open('messages');
    await tab.getByText(reads).first().waitFor();
    await isHarmless(tab);
    await pages.show(tab, `messages/${MessageId}`);
    await tab.getByRole('region', { name: 'Body' }).getByText(reads).waitFor();
    await isHarmless(tab);
    await pages.show(tab, 'queues/email-service-queue');
    await tab.getByRole('button', { expanded: false }).filter({ hasText: reads }).first().click();
    await tab.getByRole('region', { name: 'Text' }).getByText(reads).waitFor();
    await isHarmless(tab);
  });

  it('turns nothing around it, wherever the page repeats it', async () => {
    const tab = await pages.open();
    const { Subscriptions = [] } = await pages.aws.sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: TOPIC }),
    );
    const email = Subscriptions.find(({ Endpoint }) => Endpoint?.endsWith(':email-service-queue'));
    await pages.aws.sns.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn: email?.SubscriptionArn,
        AttributeName: 'FilterPolicy',
        AttributeValue: '{"event_type":["\u202elive\u05d0"]}',
      }),
    );
    const label = tab.getByRole('link', { name: /filters everything.*U\+202E/ });
    await label.waitFor();
    await label.click();
    await tab.getByRole('complementary').getByText('U+202Elive').first().waitFor();
    for (const view of ['', 'topology?as=table', 'publish?type=order.created', 'doctor']) {
      if (view !== '') await pages.show(tab, view);
      await tab.getByRole('main').getByText('U+202Elive').first().waitFor();
      expect({ view, turned: await turned(tab) }).toEqual({ view, turned: [] });
    }
  });

  it('is clipped where it is a line without end, and shown when asked for', async () => {
    const { MessageId = '' } = await pages.aws.sns.send(
      new PublishCommand({
        TopicArn: TOPIC,
        Message: `${'x'.repeat(5_000)}\u202e${'y'.repeat(250_000)}`,
      }),
    );
    const tab = await pages.open(`messages/${MessageId}`);
    const body = tab.getByRole('region', { name: 'Body' });
    const length = async () => (await body.textContent())?.length ?? 0;
    await expect.poll(length).toBeLessThan(2_100);
    await tab.getByRole('button', { name: /^Show all/ }).click();
    await expect.poll(length).toBeGreaterThan(250_000);
    expect(await body.textContent()).toContain('xU+202Ey');
    expect(await tab.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  });

  it('does not hold a queue up with 1 MiB in one line', async () => {
    await pages.aws.sqs.send(
      new SendMessageCommand({
        QueueUrl: `${pages.aws.endpoint}/000000000000/analytics-service-queue`,
        MessageBody: 'z'.repeat(1024 * 1024),
      }),
    );
    const tab = await pages.open('queues/analytics-service-queue?text=zzzz');
    await tab.getByRole('button', { name: /zzzz/ }).click();
    await tab.getByText('The page has the first 64 KiB of 1.0 MiB.').waitFor();
    expect(await tab.getByRole('button', { name: 'Edit and resend' }).isDisabled()).toBe(true);
    expect(await tab.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  });
});
