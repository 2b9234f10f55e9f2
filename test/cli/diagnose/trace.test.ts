import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { fanOutAt, newPlace, subscriber, urlOf } from '../../fixtures/topology.ts';

interface Published {
  readonly messages: readonly {
    readonly eventId: string;
    readonly messageId: string;
    readonly reached: number;
    readonly subscriptions: number;
  }[];
}

describe('publish after the fact, and trace', () => {
  const pubsub = usePubsub();
  const endpoint = useEndpoint();
  const at = (prefix: string): string[] => [
    '--endpoint-url',
    endpoint.url,
    '--region',
    'us-east-1',
    '--prefix',
    prefix,
  ];

  it('says how many queues an event reached, and the command that shows why not all', async () => {
    const place = await newPlace(endpoint);
    const { prefix } = place.topology;
    await fanOutAt(place);
    const whole = await pubsub.run(['publish', 'order.created', ...at(prefix)]);
    expect(whole.stderr).toContain('Reached 3 queues.');

    const QueueUrl = await urlOf(place, subscriber(place, 'email').queue);
    await place.aws.sqs.send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: '' } }),
    );
    const short = await pubsub.run(['publish', 'order.created', ...at(prefix)]);
    const [, id = ''] =
      /Reached 2 of 3 queues: pubsub trace ([0-9a-f-]{36}) /.exec(short.stderr) ?? [];
    expect(id, short.stderr).not.toBe('');

    const told = await pubsub.run(['trace', id, ...at(prefix)]);
    expect(told.code).toBe(0);
    expect(told.stdout).toContain('reached 2 of 3 queues');
    expect(told.stdout).toMatch(/✗ email {2}not taken by the queue/);
    expect(told.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('has it in the document', async () => {
    const place = await newPlace(endpoint);
    const { prefix } = place.topology;
    await fanOutAt(place);
    const { doc } = await pubsub.json(['publish', 'order.created', '--count', '2', ...at(prefix)]);
    expect(
      (doc as Published).messages.map(({ reached, subscriptions }) => [reached, subscriptions]),
    ).toEqual([
      [3, 3],
      [3, 3],
    ]);
    const [first] = (doc as Published).messages;
    const traced = await pubsub.json(['trace', first?.eventId ?? '', ...at(prefix)]);
    expect(traced).toMatchObject({
      code: 0,
      doc: { found: true, source: 'engine', messages: [{ messageId: first?.messageId }] },
    });
  });

  it('ends with exit code 1 where nothing is known, and says since when it would be', async () => {
    const found = await pubsub.run(['trace', 'nobody', ...at('none')]);
    expect(found.code).toBe(1);
    expect(found.stdout).toContain('Nothing is known of nobody.');
    expect(found.stderr).toContain('The engine knows what happened since 20');
  });
});
