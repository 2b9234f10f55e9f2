import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { parseSnsBody } from '../../../src/lib/rules/sns-envelope.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { runMain } from '../../fixtures/main.ts';
import { fanOutAt, newPlace, subscriber, urlOf } from '../../fixtures/topology.ts';

interface Replayed {
  readonly replayed: number;
  readonly skipped: number;
  readonly messages: readonly { readonly eventType: string }[];
}

describe('pubsub replay', () => {
  const endpoint = useEndpoint();
  const env = {
    HOME: '/nonexistent',
    XDG_STATE_HOME: '/nonexistent/state',
    XDG_CONFIG_HOME: '/nonexistent/config',
  };

  async function run(place: Place, ...args: readonly string[]) {
    const where = ['--endpoint-url', endpoint.url, '--region', 'us-east-1'];
    return runMain([...args, ...where, '--prefix', place.topology.prefix], env);
  }
  async function replay(place: Place, ...args: readonly string[]): Promise<Replayed> {
    const { stdout, stderr } = await run(place, 'replay', ...args, '--json');
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Replayed;
  }
  /** Takes all that lies in a subscriber's queue. */
  async function drain(place: Place, name: string): Promise<readonly string[]> {
    const QueueUrl = await urlOf(place, subscriber(place, name).queue);
    const bodies: string[] = [];
    for (;;) {
      const { Messages = [] } = await place.aws.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
      );
      if (Messages.length === 0) return bodies;
      for (const { Body = '', ReceiptHandle } of Messages) {
        bodies.push(Body);
        await place.aws.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }

  describe.skipIf(isIndependent)('on an engine', () => {
    it('sends one subscriber again what its filter lets through, as SNS delivered it', async () => {
      const place = await newPlace(endpoint, undefined, {
        subscribers: { email: { filterPolicy: '{"event_type":["order.created"]}' } },
      });
      await fanOutAt(place);
      await run(place, 'publish', 'order.created');
      await run(place, 'publish', 'order.updated');
      const [first = ''] = await drain(place, 'email');
      await drain(place, 'analytics');

      expect(await replay(place, 'email', '--since', '5m', '--dry-run')).toMatchObject({
        replayed: 0,
        skipped: 1,
      });
      expect(await drain(place, 'email')).toEqual([]);
      expect(await replay(place, 'email', '--since', '5m', '--yes')).toMatchObject({
        replayed: 1,
        skipped: 1,
      });
      const [again = ''] = await drain(place, 'email');
      const read = (body: string) => {
        const parsed = parseSnsBody(body);
        return parsed.kind === 'envelope' ? [parsed.message, parsed.attributes] : body;
      };
      expect(read(again)).toEqual(read(first));
      expect(await drain(place, 'analytics')).toEqual([]);
    });

    it('publishes to everybody again, by type and by field', async () => {
      const place = await newPlace(endpoint);
      await fanOutAt(place);
      await run(place, 'publish', 'order.created', '--total', '10');
      await run(place, 'publish', 'order.created', '--total', '200');
      await run(place, 'publish', 'order.updated', '--total', '300');
      await drain(place, 'email');
      const flags = ['--type', 'order.created', '--where', 'total>100'];
      const { replayed } = await replay(place, '--since', '5m', ...flags, '--yes');
      expect(replayed).toBe(1);
      expect(await drain(place, 'email')).toHaveLength(1);
    });

    it('asks first, and changes nothing where nobody can be asked', async () => {
      const place = await newPlace(endpoint);
      await fanOutAt(place);
      await run(place, 'publish', 'order.created');
      await drain(place, 'email');
      const { code } = await run(place, 'replay', '--since', '5m');
      expect(code).not.toBe(0);
      expect(await drain(place, 'email')).toEqual([]);
    });
  });

  it('needs a time that it can read', async () => {
    const place = await newPlace(endpoint);
    for (const flags of [[], ['--since', 'yesterday'], ['--since', '2026-13-45']]) {
      expect((await run(place, 'replay', ...flags)).code, flags.join(' ')).toBe(2);
    }
  });

  it.runIf(isIndependent)('says that nobody keeps a history where nobody does', async () => {
    const place = await newPlace(endpoint);
    await fanOutAt(place);
    const { code, stderr } = await run(place, 'replay', '--since', '5m');
    expect(code).toBe(1);
    expect(stderr).toContain('is not kept: SNS has no history');
  });
});
