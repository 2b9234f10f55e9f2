import { PublishCommand } from '@aws-sdk/client-sns';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { barriers } from '../fixtures/axe.ts';
import { hasBrowser, useTabs } from '../fixtures/browser.ts';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:order-events';

describe.skipIf(!hasBrowser)('what the page does', () => {
  // An event that is none yet is asked about while it is typed.
  const pages = useTabs({ expected: /400 \(Bad Request\)/ });

  it('publishes what the form says, to the letter, after saying who would get it', async () => {
    const tab = await pages.open('publish?type=order.created');
    await tab.getByText('3 of 3 subscribers').waitFor();
    await tab.getByLabel(/^order_id/).fill('8181');
    await tab.getByLabel(/^total/).fill('10.50');
    await tab.getByText(/pubsub explain order.created .*"total":10.50/).waitFor();
    await tab.getByRole('button', { name: 'Publish', exact: true }).click();
    await tab.getByRole('link', { name: /Follow/ }).click();
    const body = tab.getByRole('region', { name: 'Body' });
    await body.getByText('"order_id": 8181').waitFor();
    await body.getByText('"total": 10.50').waitFor();
    expect(await barriers(tab)).toEqual([]);
  });

  it('says what is wrong with an event before it is published', async () => {
    const tab = await pages.open('publish?type=order.created');
    await tab.getByText('3 of 3 subscribers').waitFor();
    await tab.getByLabel(/^total/).fill('a lot');
    await tab.getByRole('alert').waitFor();
    const button = tab.getByRole('button', { name: 'Publish', exact: true });
    expect(await button.isDisabled()).toBe(true);
    await tab.getByRole('button', { name: 'JSON', exact: true }).click();
    await tab.getByLabel('Fields as JSON').fill('{"total": 3.20}');
    await tab.getByText('3 of 3 subscribers').waitFor();
    await tab.getByRole('button', { name: 'fields', exact: true }).click();
    await expect.poll(() => tab.getByLabel(/^total/).inputValue()).toBe('3.20');
  });

  it('shows a way that refuses in the graph and to the doctor, and mends it after showing how', async () => {
    const tab = await pages.open();
    await pages.aws.sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: `${pages.aws.endpoint}/000000000000/email-service-queue`,
        Attributes: { Policy: '' },
      }),
    );
    const refusing = tab.getByRole('link', { name: /refuses/ });
    await refusing.waitFor();
    await tab.locator('.edge.broken').waitFor({ state: 'attached' });
    expect(await barriers(tab)).toEqual([]);
    await refusing.click();
    await tab.getByRole('complementary').getByText('What fixes it').waitFor();
    await tab.getByRole('link', { name: /ask the doctor/ }).click();
    await tab.getByRole('heading', { name: 'email: queue-policy' }).waitFor();
    expect(await barriers(tab)).toEqual([]);
    await tab.getByRole('button', { name: 'Fix all that can be fixed' }).click();
    const dialog = tab.getByRole('dialog');
    await dialog.getByText(/create policy email-service-queue/).waitFor();
    await dialog.getByRole('button', { name: 'Fix', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await tab.getByRole('heading', { name: 'email: queue-policy' }).waitFor({ state: 'detached' });
    await pages.show(tab, 'topology');
    await refusing.waitFor({ state: 'detached' });
  });

  it('can be done with the keyboard alone', async () => {
    await pages.aws.sns.send(new PublishCommand({ TopicArn: TOPIC, Message: 'by hand' }));
    const tab = await pages.open();
    const press = (key: string) => tab.keyboard.press(key);
    const focused = (): Promise<unknown> =>
      tab.evaluate('document.activeElement.textContent.trim()');
    const tabTo = async (words: RegExp): Promise<void> => {
      for (let presses = 0; presses < 60; presses++) {
        await press('Tab');
        if (words.test(String(await focused()))) return;
      }
      throw new Error(`Tab does not lead to ${words}`);
    };
    await tabTo(/^email-service-queue/);
    await press('Enter');
    await tab.getByRole('complementary').getByRole('heading', { name: 'Attributes' }).waitFor();
    await expect.poll(focused).toBe('email-service-queue');
    await press('Escape');
    await tab.getByRole('complementary').waitFor({ state: 'detached' });
    await expect.poll(focused).toMatch(/^email-service-queue.*waiting/);
    await tab.keyboard.press('Shift+Tab');
    await tab.getByRole('link', { name: 'Messages' }).focus();
    await press('Enter');
    await tab.getByText('by hand').waitFor();
    for (let presses = 0; presses < 60; presses++) {
      await press('Tab');
      if (await tab.evaluate("document.activeElement.role === 'grid'")) break;
    }
    await press('ArrowDown');
    await tab.getByRole('button', { name: 'Resume' }).waitFor();
    await press('Enter');
    await tab.getByRole('region', { name: 'Body' }).getByText('by hand').waitFor();
  });
});
