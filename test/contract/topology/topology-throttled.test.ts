import { expect, it } from 'vitest';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { drift, newPlace, setUpAt } from '../../fixtures/topology.ts';

const endpoint = useEndpoint();

it.skipIf(isIndependent)('a topology is made while two of five calls are throttled', async () => {
  const place = await newPlace(endpoint);
  // Of the three tries of the SDK all fail for one call in sixteen; it takes sixty calls.
  endpoint.engine.faults('throttle=40%', { seed: 1 });
  await setUpAt(place);
  endpoint.engine.faults();
  expect(await drift(place)).toEqual([]);
});
