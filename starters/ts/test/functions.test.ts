import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { useEngine } from 'pubsub-cli/engine';
import { type Events, SAMPLES, topology } from '../events.ts';
import { publish } from '../publisher.ts';

/** Subscribers whose function takes the sample of each type. */
const TAKEN: Record<keyof Events, readonly string[]> = %{taken};

const engine = useEngine({ before, beforeEach, after });

/** Waits until a function is through with a message, and says how it went. */
async function outcomeOf(messageId: string, queueArn: string): Promise<string> {
  for (;;) {
    for (const event of engine().trace(messageId)) {
      if (event.kind === 'handled' && event.queueArn === queueArn) return 'handled';
      if (event.kind === 'failed' && event.queueArn === queueArn) return `failed: ${event.reason}`;
    }
    await sleep(20);
  }
}

for (const type of Object.keys(TAKEN) as (keyof Events)[]) {
  for (const name of TAKEN[type]) {
    test(`${type} is handled by the function of ${name}`, async () => {
      const { subscribers } = await engine().setUp(topology);
      const messageId = await publish(type, SAMPLES[type], { endpointUrl: engine().endpoint });
      assert.equal(await outcomeOf(messageId ?? '', subscribers[name]?.queueArn ?? ''), 'handled');
    });
  }
}
