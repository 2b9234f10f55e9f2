import { expect, it } from 'vitest';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub();

/** Starts the engine on a free port, and says where it is. */
async function startEngine(): Promise<string> {
  expect((await pubsub.run(['local', 'start', '--port', '0'])).code).toBe(0);
  const { doc } = await pubsub.json(['local', 'status']);
  return (doc as { endpoint: string }).endpoint;
}

it('finds the engine again that was started anew on another port', async () => {
  const before = await startEngine();
  expect((await pubsub.run(['setup', '--yes'])).code).toBe(0);
  const listener = pubsub.start(['listen', 'all']);
  await listener.waitFor('Ctrl-C stops');
  expect((await pubsub.run(['publish', 'order.created', '--order-id', '1'])).code).toBe(0);
  await listener.waitFor(/email .*for order 1\b/);

  expect((await pubsub.run(['local', 'stop'])).code).toBe(0);
  await listener.waitFor('Trying again');
  expect(await startEngine()).not.toBe(before);
  expect((await pubsub.run(['publish', 'order.created', '--order-id', '2'])).code).toBe(0);
  for (const name of ['email', 'inventory', 'analytics']) {
    await listener.waitFor(new RegExp(`${name} [^]*rder:? 2\\b`));
  }
  await listener.waitFor('Back after');
  listener.kill('SIGTERM');
  expect((await listener.finished).code).toBe(0);
});
