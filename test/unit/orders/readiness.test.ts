import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMetrics } from '../../../src/lib/orders/http/metrics.ts';
import { createReadiness } from '../../../src/lib/orders/http/readiness.ts';

afterEach(() => vi.useRealTimers());

const lag = (oldestAgeSeconds: number | null = null) => ({
  ...{ waiting: 3, failing: 1, oldestAgeSeconds },
});
const OK = { ok: true };

describe('whether the order API is ready', () => {
  const readinessOf = (oldest: number | null, topic = async () => OK) =>
    createReadiness({ lag: async () => lag(oldest), topic })();

  it.each([null, 0, 60])('is so with the oldest event of %s s', async (oldest) => {
    expect(await readinessOf(oldest)).toEqual({
      ready: true,
      checks: { database: OK, outbox: { ok: true, ...lag(oldest) }, topic: OK },
    });
  });

  it('is not so with one that has waited for longer', async () => {
    const message = 'the oldest event has waited for more than 60 s';
    expect(await readinessOf(61)).toEqual({
      ready: false,
      checks: { database: OK, outbox: { ok: false, message, ...lag(61) }, topic: OK },
    });
  });

  it('is not so without database or topic, each for its reason', async () => {
    const failing = (message: string) => () => Promise.reject(new Error(message));
    expect(await createReadiness({ lag: failing('gone'), topic: failing('away') })()).toEqual({
      ready: false,
      checks: {
        database: { ok: false, message: 'gone' },
        outbox: { ok: false, message: 'is not known' },
        topic: { ok: false, message: 'away' },
      },
    });
    const topic = async () => ({ ok: false });
    expect(await readinessOf(0, topic)).toMatchObject({ ready: false, checks: { database: OK } });
  });

  it('is looked at once a second at the most, however many ask', async () => {
    vi.useFakeTimers();
    let looks = 0;
    const sources = { lag: async () => lag(++looks), topic: async () => OK };
    const ready = createReadiness(sources);
    await Promise.all([ready(), ready()]);
    await vi.advanceTimersByTimeAsync(999);
    await ready();
    expect(looks).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await ready();
    expect(looks).toBe(2);
  });
});

describe('the numbers for Prometheus', () => {
  it('are all there under their names, and what was counted is not counted twice', async () => {
    const counts = { published: 2, failures: 1 };
    const metrics = createMetrics({ lag: async () => lag(7), relay: () => counts });
    const request = { method: 'GET', route: '/orders', status: 200 };
    for (const seconds of [0.001, 0.3, 10, 11]) metrics.observe({ ...request, seconds });
    await metrics.text();
    Object.assign(counts, { published: 5 });
    const text = await metrics.text();
    const values = Object.fromEntries(
      text.split('\n').flatMap((line) => {
        const [, name, value] = /^([^# ].*) (\S+)$/.exec(line) ?? [];
        return name === undefined ? [] : [[name, Number(value)]];
      }),
    );
    const at = '{method="GET",route="/orders"}';
    const under = (le: string) =>
      values[
        `pubsub_http_request_duration_seconds_bucket{le="${le}",method="GET",route="/orders"}`
      ];
    expect(values).toMatchObject({
      'pubsub_http_requests_total{method="GET",route="/orders",status="200"}': 4,
      [`pubsub_http_request_duration_seconds_count${at}`]: 4,
      ...{ pubsub_outbox_waiting: 3, pubsub_outbox_oldest_seconds: 7, pubsub_outbox_failing: 1 },
      ...{ pubsub_outbox_published_total: 5, pubsub_outbox_failures_total: 1 },
    });
    const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    expect(bounds.map((bound) => under(String(bound)))).toEqual([
      ...[...Array(8).fill(1), ...Array(4).fill(2), 3],
    ]);
    expect(text.match(/^# HELP \S+ \S.*\.$/gm)).toHaveLength(7);
    expect(metrics.contentType).toMatch(/^text\/plain/);
  });

  it('are none where nothing waits, and nobody relays', async () => {
    const text = await createMetrics({ lag: async () => lag() }).text();
    expect(text).toContain('\npubsub_outbox_oldest_seconds 0\n');
    expect(text).toContain('\npubsub_outbox_published_total 0\n');
  });
});
