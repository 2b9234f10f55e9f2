import { describe, expect, it } from 'vitest';
import { findRemains } from '../../../src/lib/topology/remains.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { openGateway } from '../../fixtures/gateway.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { cleanUpAt, drift, fanOutAt, newPlace } from '../../fixtures/topology.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();

/** An answer that says nothing of what became of the call. */
const LOST = { status: 400, contentType: 'text/plain', body: '' };

describe('pubsub setup', () => {
  it.each([1, 2, 4, 6, 8, 10])('finishes what a kill -9 at write %i left behind', async (fatal) => {
    const prefix = uniquePrefix();
    const flags = ['--endpoint-url', endpoint.url, '--prefix', prefix];
    const place = await newPlace(endpoint, prefix);
    let kill = (): void => {};
    const gateway = await openGateway(endpoint.url, (_action, number) => {
      if (number === fatal) kill();
      // Calls that were under way beside it get lost.
      return number > fatal ? LOST : undefined;
    });
    const killed = pubsub.spawn(['setup', '--endpoint-url', gateway.url, '--prefix', prefix]);
    kill = () => killed.child.kill('SIGKILL');
    expect((await killed.finished).code).toBeNull();
    await gateway.close();
    const left = await drift(place);

    const { code } = await pubsub.run(['setup', ...flags]);

    // The call that it was killed at may or may not have got through, as on a real network.
    expect(left.length).toBeGreaterThanOrEqual(fatal === 10 ? 0 : 1);
    expect(code).toBe(0);
    expect(await drift(place)).toEqual([]);
    await cleanUpAt(place);
  });
});

describe('pubsub cleanup', () => {
  it.each([1, 3, 4, 6, 9])('finishes what a kill -9 at deletion %i left behind', async (fatal) => {
    const prefix = uniquePrefix();
    const flags = ['--endpoint-url', endpoint.url, '--prefix', prefix];
    const place = await newPlace(endpoint, prefix);
    await fanOutAt(place);
    let kill = (): void => {};
    const gateway = await openGateway(endpoint.url, (_action, number) => {
      if (number === fatal) kill();
      return undefined;
    });
    const args = ['cleanup', '--yes', '--endpoint-url', gateway.url, '--prefix', prefix];
    const killed = pubsub.spawn(args);
    kill = () => killed.child.kill('SIGKILL');
    expect((await killed.finished).code).toBeNull();
    await gateway.close();

    const { code } = await pubsub.run(['cleanup', '--yes', ...flags]);

    expect(code).toBe(0);
    expect(await findRemains(place, { includeUntagged: false })).toEqual({ ours: [], foreign: [] });
  });
});
