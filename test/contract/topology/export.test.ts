import { isDeepStrictEqual } from 'node:util';
import { ListTagsForResourceCommand } from '@aws-sdk/client-sns';
import { stringify } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import {
  getSubscriptionAttributes,
  listTopicSubscriptions,
} from '../../../src/lib/aws/subscriptions.ts';
import { getTopicAttributes } from '../../../src/lib/aws/topics.ts';
import { cloudFormationTemplate } from '../../../src/lib/topology/export/cloudformation.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { attributesOf, newPlace, setUpAt, tagsOf } from '../../fixtures/topology.ts';

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
  return isDeepStrictEqual(JSON.parse(found ?? 'null'), wanted);
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
        const { TopicArn, Endpoint, Protocol, ...settings } = written(
          Properties,
          arnOf,
        ) as Properties;
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
    await setUpAt(place);
    expect(await differences(place)).toEqual([]);
  });
});
