import { expect, it } from 'vitest';
import type { ApplyEvent } from '../../../src/lib/topology/apply.ts';
import { planSetup, setUp } from '../../../src/lib/topology/setup.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { cleanUpAt, drift, newPlace, setUpAt } from '../../fixtures/topology.ts';

const endpoint = useEndpoint({ waits: true });

type Waiting = Extract<ApplyEvent, { kind: 'waiting' }>;

it.skipIf(isIndependent)('setup counts down until deleted queues can be made again', async () => {
  const place = await newPlace(endpoint);
  await setUpAt(place);
  await cleanUpAt(place);
  const ticks: Waiting[] = [];

  const result = await setUp(place, await planSetup(place), {
    onEvent: (event) => {
      if (event.kind !== 'waiting') return;
      ticks.push(event);
      if (ticks.length === 2) void endpoint.engine.advance('60s');
    },
  });

  expect(result).toMatchObject({ interrupted: false, made: 13 });
  expect(await drift(place)).toEqual([]);
  const dlqs = place.topology.subscribers.map(({ dlq }) => dlq);
  expect([...(ticks[0]?.queues ?? [])].sort()).toEqual(dlqs.sort());
  expect(ticks[0]?.secondsLeft).toBe(60);
  expect(ticks[1]?.secondsLeft).toBeLessThan(60);
});

it.skipIf(isIndependent)('an interrupt ends the wait, and the next run finishes', async () => {
  const place = await newPlace(endpoint);
  await setUpAt(place);
  await cleanUpAt(place);
  const stop = new AbortController();

  const result = await setUp(place, await planSetup(place), {
    stop: stop.signal,
    onEvent: ({ kind }) => {
      if (kind === 'waiting') stop.abort();
    },
  });

  expect(result).toMatchObject({ interrupted: true, made: 1 });
  await endpoint.engine.advance('60s');
  expect((await setUpAt(place)).interrupted).toBe(false);
  expect(await drift(place)).toEqual([]);
});
