import { isDeepStrictEqual } from 'node:util';
import { ListTagsForResourceCommand } from '@aws-sdk/client-sns';
import { stringify } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import {
  getSubscriptionAttributes,
  listTopicSubscriptions,
} from '../../../src/lib/aws/subscriptions.ts';
import { getTopicAttributes } from '../../../src/lib/aws/topics.ts';
import { buildTopology } from '../../../src/lib/definition/build.ts';
import { cloudFormationTemplate } from '../../../src/lib/topology/export/cloudformation.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { makeTopic } from '../../fixtures/fan-out.ts';
import { attributesOf, drift, fanOutAt, newPlace, tagsOf } from '../../fixtures/topology.ts';

type Properties = Readonly<Record<string, unknown>>;
interface Resource {
  readonly Type: string;
  readonly Properties: Properties;
}

/** Attributes of a template as the services write them: objects and their references as text. */
function written(value: unknown, arnOf: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((each) => written(each, arnOf));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': attribute } = value as Record<string, unknown>;
  if (typeof Ref === 'string') return arnOf(Ref);
  if (Array.isArray(attribute)) return arnOf(String(attribute[0]));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, written(each, arnOf)]),
  );
}

function same(wanted: unknown, found: string | undefined): boolean {
  if (typeof wanted !== 'object') return String(wanted) === found;
  return isDeepStrictEqual(withoutSids(JSON.parse(found ?? 'null')), withoutSids(wanted));
}

/** The name of a statement says whether the topic is in the stack's account, which the template can't know. */
function withoutSids(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, each) => (key === 'Sid' ? undefined : each)));
}

describe('an exported CloudFormation template', () => {
  const endpoint = useEndpoint();

  /** What of a template is not so on the target. */
  async function differences(place: Place): Promise<string[]> {
    const { account } = place.identity;
    const { Resources } = JSON.parse(stringify(cloudFormationTemplate(place.topology)) ?? '') as {
      readonly Resources: Readonly<Record<string, Resource>>;
    };
    const arnOf = (name: string): string => {
      const { QueueName, TopicName } = Resources[name]?.Properties ?? {};
      return QueueName === undefined
        ? `arn:aws:sns:us-east-1:${account}:${TopicName}`
        : `arn:aws:sqs:us-east-1:${account}:${QueueName}`;
    };
    const found: string[] = [];
    const compare = (
      id: string,
      wanted: Properties,
      attributes: Readonly<Record<string, string>>,
    ) => {
      for (const [name, value] of Object.entries(wanted)) {
        const text = written(value, arnOf);
        if (!same(text, attributes[name]))
          found.push(`${id}.${name}: ${JSON.stringify(text)} is ${attributes[name]}`);
      }
    };
    for (const [id, { Type, Properties }] of Object.entries(Resources)) {
      const { Tags, QueueName, TopicName, ...wanted } = Properties;
      const tags = Object.fromEntries(
        ((Tags ?? []) as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
      );
      if (Type === 'AWS::SQS::Queue') {
        compare(id, wanted, await attributesOf(place, String(QueueName)));
        expect(await tagsOf(place, String(QueueName)), id).toEqual(tags);
      } else if (Type === 'AWS::SNS::Topic') {
        compare(id, wanted, (await getTopicAttributes(place.aws, arnOf(id))) ?? {});
        const { Tags: there = [] } = await place.aws.sns.send(
          new ListTagsForResourceCommand({ ResourceArn: arnOf(id) }),
        );
        expect(Object.fromEntries(there.map(({ Key, Value }) => [Key, Value])), id).toEqual(tags);
      } else if (Type === 'AWS::SQS::QueuePolicy') {
        const [queue] = Properties.Queues as { Ref: string }[];
        const name = String(Resources[queue?.Ref ?? '']?.Properties.QueueName);
        compare(id, { Policy: Properties.PolicyDocument }, await attributesOf(place, name));
      } else {
        const {
          TopicArn,
          Endpoint,
          Protocol,
          Region: _region,
          ...settings
        } = written(Properties, arnOf) as Properties;
        const all = (await listTopicSubscriptions(place.aws, String(TopicArn))) ?? [];
        const one = all.find(
          ({ endpoint: to, protocol }) => to === Endpoint && protocol === Protocol,
        );
        expect(one, id).toBeDefined();
        compare(id, settings, (await getSubscriptionAttributes(place.aws, one?.arn ?? '')) ?? {});
      }
    }
    return found;
  }

  it.each([
    ['a standard topic', {}],
    [
      'filters and raw delivery',
      {
        subscribers: {
          email: { filterPolicy: '{"event_type":["order.created"]}' },
          inventory: {
            filterPolicy: '{"total":[{"numeric":[">=",100]}]}',
            filterPolicyScope: 'MessageBody',
          },
          analytics: { rawDelivery: true },
        },
      },
    ],
    ['a FIFO topic', { fifo: true }],
  ] as const)('is what setup makes, attribute for attribute: %s', async (_name, choices) => {
    const place = await newPlace(endpoint, undefined, choices);
    await fanOutAt(place);
    expect(await differences(place)).toEqual([]);
  });

  it('is what setup makes with every setting there is, and several topics', async () => {
    const other = await makeTopic(endpoint.aws, `${uniquePrefix()}-user-events`);
    const topics = {
      payments: { displayName: 'Payments', kmsKey: 'alias/aws/sns', tags: { team: 'money + co' } },
      ledger: { name: '9-Ledger_events', fifo: true, contentBasedDeduplication: true },
      users: { arn: other },
    };
    const body = {
      filterPolicy: '{"a":[{"numeric":[">=",1000]}]}',
      filterPolicyScope: 'MessageBody',
    } as const;
    const subscribers = {
      fraud: {
        from: { payments: body, users: { rawDelivery: true } },
        visibilityTimeout: 120,
        receiveWait: 0,
        retention: 60,
        delay: 900,
        kmsKey: 'alias/aws/sqs',
        dlq: { queue: 'dead_-1', maxReceiveCount: 1000, retention: 61 },
      },
      books: { from: { ledger: {} }, dlq: false },
      // A FIFO topic's messages may go to a standard queue.
      log: { from: { ledger: { filterPolicy: '{"\\"k\\"":["v|<é>"]}' } }, fifo: false },
    } as const;
    const definition = { name: 'all-of-it', topics, subscribers };
    const prefix = uniquePrefix();
    const place = {
      ...(await newPlace(endpoint)),
      topology: buildTopology(definition, { prefix }),
    };
    await fanOutAt(place);
    expect(await differences(place)).toEqual([]);
    expect(await drift(place)).toEqual([]);
  });
});
