import { SetSubscriptionAttributesCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { DeleteQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/lib/diagnose/doctor/diagnose.ts';
import { gather } from '../../../src/lib/diagnose/doctor/gather.ts';
import { probe } from '../../../src/lib/diagnose/doctor/probe.ts';
import type { ProbeResult } from '../../../src/lib/diagnose/doctor/probe-result.ts';
import { inspect, type Place } from '../../../src/lib/topology/inspect.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import {
  cleanUpAt,
  fanOutAt,
  newPlace,
  setAttributes,
  subscriber,
  topicOf,
  urlOf,
} from '../../fixtures/topology.ts';

const endpoint = useEndpoint();
const places: Place[] = [];
const STATE_DIR = '/nonexistent';

afterAll(async () => {
  for (const place of places) await cleanUpAt(place);
});

async function healthy(): Promise<Place> {
  const place = await newPlace(endpoint);
  places.push(place);
  await fanOutAt(place);
  return place;
}

/** What the doctor finds at a place: subject, check and verdict of all that isn't ok. */
async function findings(place: Place): Promise<string[]> {
  const { found } = await diagnose({ place, stateDir: STATE_DIR });
  return found.checks
    .filter(({ verdict }) => verdict !== 'ok')
    .map(({ subject, id, verdict }) => `${subject} ${id} ${verdict}`);
}

async function subscriptionArn(place: Place): Promise<string> {
  const { queue } = subscriber(place);
  const { subscriptions } = topicOf(await inspect(place, { subscriptionAttributes: false }));
  return subscriptions.find((each) => each.endpoint.endsWith(`:${queue}`))?.arn ?? '';
}

describe('the doctor at any endpoint', () => {
  it('finds nothing in a healthy system', async () => {
    expect(await findings(await healthy())).toEqual([]);
  });

  it.each<[string, (place: Place) => Promise<unknown>, string]>([
    [
      'a missing subscription',
      async (place) =>
        place.aws.sns.send(
          new UnsubscribeCommand({ SubscriptionArn: await subscriptionArn(place) }),
        ),
      'email subscription fail',
    ],
    [
      'a queue policy that lets nobody in',
      (place) =>
        setAttributes(place, subscriber(place).queue, {
          Policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Sid: 'nobody',
                Effect: 'Deny',
                Principal: '*',
                Action: 'sqs:SendMessage',
                Resource: '*',
              },
            ],
          }),
        }),
      'email queue-policy fail',
    ],
    [
      'a filter policy that matches nothing',
      async (place) =>
        place.aws.sns.send(
          new SetSubscriptionAttributesCommand({
            SubscriptionArn: await subscriptionArn(place),
            AttributeName: 'FilterPolicy',
            AttributeValue: '{"event_type":["order.shipped"]}',
          }),
        ),
      'email filter fail',
    ],
    [
      'a queue that was deleted',
      async (place) =>
        place.aws.sqs.send(
          new DeleteQueueCommand({ QueueUrl: await urlOf(place, subscriber(place).queue) }),
        ),
      'email queue fail',
    ],
    [
      'messages that nobody receives',
      async (place) =>
        place.aws.sqs.send(
          new SendMessageCommand({
            QueueUrl: await urlOf(place, subscriber(place).queue),
            MessageBody: 'x',
          }),
        ),
      'email consumers warn',
    ],
    [
      'a dead letter',
      async (place) =>
        place.aws.sqs.send(
          new SendMessageCommand({
            QueueUrl: await urlOf(place, subscriber(place).dlq),
            MessageBody: 'x',
          }),
        ),
      'email dead-letters fail',
    ],
  ])('names %s and nothing else', async (_name, break_, finding) => {
    const place = await healthy();
    await break_(place);

    expect(await findings(place)).toEqual([finding]);
  });

  it('times each hop with a canary, and leaves nothing', async () => {
    const place = await healthy();
    const { aws, topology } = place;
    const facts = await gather(place, STATE_DIR);
    const stop = new AbortController().signal;

    const { results } = await probe({ aws, topology, facts, missing: undefined, stop });

    expect(results).toMatchObject(
      topology.subscribers.map(
        ({ name }): Partial<ProbeResult> => ({ subscriber: name, outcome: 'delivered' }),
      ),
    );
    expect(await findings(place)).toEqual([]);
  });
});
