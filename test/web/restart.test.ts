import { describe, it } from 'vitest';
import { hasBrowser, useTabs } from '../fixtures/browser.ts';

describe.skipIf(!hasBrowser)('a page whose engine goes', () => {
  const pages = useTabs({ background: true, expected: /Failed to load resource/ });

  it('says so, and goes on with the next one', async () => {
    await pages.pubsub.run(['publish', 'order.created', '--order-id', '1']);
    const tab = await pages.open('messages');
    await tab.getByText('"order_id":1,').waitFor();
    const { doc } = await pages.pubsub.json(['local', 'status']);
    const { pid, endpoint }: { pid: number; endpoint: string } = doc;
    process.kill(pid, 'SIGKILL');
    await tab.getByText(/What is shown is from before/).waitFor();
    await tab.getByText('"order_id":1,').waitFor();
    await pages.pubsub.run([
      ...['local', 'start', '--ephemeral'],
      ...['--port', new URL(endpoint).port],
    ]);
    await tab.locator('.connection.live').waitFor();
    // The engine kept nothing: what is on the page is what there is now.
    await tab.getByText('No messages yet').waitFor();
    await pages.pubsub.run(['setup', '--yes']);
    await pages.pubsub.run(['publish', 'order.created', '--order-id', '2']);
    await tab.getByText('"order_id":2,').waitFor();
    await pages.show(tab, 'topology');
    await tab.getByRole('link', { name: /^email-service-queue/ }).waitFor();
  });
});
