import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { useEngine } from 'pubsub-cli/engine';
import { type Events, SAMPLES, topology } from '../events.ts';
import { publish } from '../publisher.ts';

/** Who gets the sample of each type. */
const REACHES: Record<keyof Events, readonly string[]> = %{reaches};

const engine = useEngine({ before, beforeEach, after });

for (const type of Object.keys(REACHES) as (keyof Events)[]) {
  test(`${type} reaches ${REACHES[type].join(', ') || 'nobody'}`, async () => {
    const { subscribers } = await engine().setUp(topology);
    await publish(type, SAMPLES[type], { endpointUrl: engine().endpoint });
    for (const name of REACHES[type]) {
      const [message] = await engine().waitFor(subscribers[name]?.queueArn ?? name);
      const { default: handle } = await import(`../handlers/${name}.ts`);
      assert.ok(String(await handle(message?.event)).startsWith(`${name} got ${type} `));
    }
    for (const [name, { queueArn }] of Object.entries(subscribers)) {
%{skip}
      const expected = REACHES[type].includes(name) ? 1 : 0;
      assert.equal(engine().messages(queueArn).length, expected, name);
    }
  });
}
