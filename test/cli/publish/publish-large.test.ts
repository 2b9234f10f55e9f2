import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub({ processes: true });

it('publishes a file that is larger than its memory', async () => {
  const { endpoint } = await pubsub.startEngine();
  await pubsub.run(['setup', '--endpoint-url', endpoint]);
  // 80 MB of lines through a heap of 64 MB.
  const event = `{"event_type":"order.created","order_id":1,"user_id":1,"total":9.50,"note":"${'x'.repeat(200_000)}"}`;
  const path = join(pubsub.env.HOME, 'large.jsonl');
  writeFileSync(path, `${event}\n`.repeat(400));
  const { doc } = await pubsub.json(['publish', '--file', path, '--endpoint-url', endpoint], {
    env: { NODE_OPTIONS: '--max-old-space-size=64' },
  });
  expect(doc).toMatchObject({ published: 400 });
});
