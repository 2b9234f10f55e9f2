import { setTimeout as sleep } from 'node:timers/promises';
import { CircuitState } from 'cockatiel';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  CircuitOpen,
  createResilientService,
  type ResilientService,
} from '../../../../src/lib/platform/gateway/resilient-service.ts';
import {
  CallerLate,
  createUpstream,
  type Upstream,
} from '../../../../src/lib/platform/gateway/upstream.ts';
import {
  DEADLINE_HEADER,
  describeRequest,
  withRequest,
} from '../../../../src/lib/platform/service/request-context.ts';
import { answer, startTestService, type TestService } from './gateway-server.ts';

let service: TestService;
let upstream: Upstream;
let resilient: ResilientService;
beforeEach(async () => {
  service = await startTestService();
  upstream = createUpstream(service.url);
  resilient = createResilientService(upstream, { openMs: 1 });
  service.answering = (_, response) => answer(response, 500, {});
  for (let i = 0; i < 5; i++) await expect(ask(10_000)).rejects.toThrow('upstream: error');
  expect(resilient.state).toBe(CircuitState.Open);
  // Whoever comes now may try.
  await sleep(5);
});
afterEach(async () => {
  await upstream.close();
  await service.stop();
});

/** Asks for somebody who waits for so many milliseconds. */
function ask(ms: number) {
  const deadline = new Date(Date.now() + ms).toISOString();
  const request = { method: 'POST', path: '/', headers: {}, body: undefined };
  return withRequest(describeRequest('r', { [DEADLINE_HEADER]: deadline }, undefined), () =>
    resilient.ask(request, false),
  );
}

it('is not tried for a caller who waits for less than a second', async () => {
  await expect(ask(999)).rejects.toBeInstanceOf(CircuitOpen);
  expect(service.seen).toHaveLength(5);
  expect(resilient.state).toBe(CircuitState.Open);
  service.answering = (_, response) => answer(response, 200, {});
  expect((await ask(10_000)).status).toBe(200);
  expect(resilient.state).toBe(CircuitState.Closed);
});

it('does not close for a caller who did not wait for the answer', async () => {
  service.answering = () => {};
  await expect(ask(2_000)).rejects.toBeInstanceOf(CallerLate);
  expect(service.seen).toHaveLength(6);
  expect(resilient.state).toBe(CircuitState.Open);
});

it('asks nobody else while one request tries', async () => {
  let finish = (): void => {};
  service.answering = (_, response) => {
    finish = () => answer(response, 200, {});
  };
  const trial = ask(60_000);
  await expect.poll(() => service.seen.length).toBe(6);
  for (const ms of [500, 60_000]) await expect(ask(ms)).rejects.toBeInstanceOf(CircuitOpen);
  expect([service.seen.length, resilient.state]).toEqual([6, CircuitState.HalfOpen]);
  finish();
  expect((await trial).status).toBe(200);
  expect(resilient.state).toBe(CircuitState.Closed);
});
