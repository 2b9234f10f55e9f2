import { describe, expect, it } from 'vitest';
import { isIndependent, uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { cleanUpAt, fanOutAt, newPlace } from '../../fixtures/topology.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();

describe('pubsub status', () => {
  it('says what to type where nothing is set up', async () => {
    const prefix = uniquePrefix();
    const flags = ['--endpoint-url', endpoint.url, '--prefix', prefix];

    const { stdout, stderr, code } = await pubsub.run(['status', ...flags]);

    expect({ stdout, code }, stderr).toEqual({
      stdout: `Nothing is set up. Start with: pubsub setup ${flags.join(' ')}\n`,
      code: 0,
    });
  });

  it('shows a table of at most 80 columns, and the same as a document', async () => {
    const prefix = uniquePrefix();
    const place = await newPlace(endpoint, prefix);
    const topicArn = await fanOutAt(place);
    const flags = ['--endpoint-url', endpoint.url, '--prefix', prefix];

    const { stdout, stderr } = await pubsub.run(['status', ...flags]);
    const { doc } = await pubsub.json(['status', ...flags]);

    const lines = stdout.split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(lines[2]).toMatch(/^subscriber +subscribed +depth +in flight +delayed +oldest +dlq$/);
    expect(lines[3]).toMatch(/^email +yes +0 +0 +0 +(-|0 s) +0$/);
    expect(stderr).not.toContain('missing');
    expect(doc).toMatchObject({
      target: 'endpoint',
      topic: { arn: topicArn, exists: true },
      subscribers: ['email', 'inventory', 'analytics'].map((name) => ({
        name,
        subscribed: true,
        depth: 0,
        inFlight: 0,
        delayed: 0,
        oldestAgeSeconds: isIndependent ? null : 0,
        dlqDepth: 0,
      })),
    });
    await cleanUpAt(place);
  });
});
