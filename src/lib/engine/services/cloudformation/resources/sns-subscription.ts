import type { SubscribeResponse } from '@aws-sdk/client-sns';
import { invalid } from '../errors.ts';
import type { Properties } from './check-properties.ts';
import type { ResourceContext, ResourceType } from './resource-type.ts';
import { attributesOf, changedAttributes, text, unless } from './values.ts';

/**
 * Properties that are attributes of the same name, in the order in which they are set: a policy on the body is refused
 * by the scope of attributes, so that the scope comes first.
 */
const ATTRIBUTES = [
  'FilterPolicyScope',
  'FilterPolicy',
  'DeliveryPolicy',
  'RawMessageDelivery',
  'RedrivePolicy',
  'ReplayPolicy',
  'SubscriptionRoleArn',
];
/** What an attribute is set to that the template no longer has. */
const DEFAULTS: Readonly<Record<string, string>> = {
  FilterPolicyScope: 'MessageAttributes',
  RawMessageDelivery: 'false',
};

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html */
export const snsSubscription: ResourceType = {
  table: {
    properties: {
      DeliveryPolicy: 'json',
      Endpoint: 'string',
      FilterPolicy: 'json',
      FilterPolicyScope: 'string',
      Protocol: 'string',
      RawMessageDelivery: 'boolean',
      RedrivePolicy: 'json',
      Region: 'string',
      ReplayPolicy: 'json',
      SubscriptionRoleArn: 'string',
      TopicArn: 'string',
    },
    required: ['TopicArn', 'Protocol'],
    replacing: ['Endpoint', 'Protocol', 'TopicArn', 'Region'],
  },
  attributes: ['Arn'],
  async create(properties, context) {
    checkRegion(properties, context);
    const { SubscriptionArn: arn = '' } = await context.call<SubscribeResponse>(
      'sns',
      'Subscribe',
      {
        TopicArn: properties.TopicArn,
        Protocol: properties.Protocol,
        ...(properties.Endpoint === undefined ? {} : { Endpoint: properties.Endpoint }),
        Attributes: attributesOf(properties, ATTRIBUTES),
        ReturnSubscriptionArn: true,
      },
    );
    return { physicalId: arn, attributes: { Arn: arn } };
  },
  async update(properties, current, context) {
    const { physicalId: SubscriptionArn, properties: before } = current;
    const changed = changedAttributes(properties, before, ATTRIBUTES, DEFAULTS);
    for (const [AttributeName, AttributeValue] of Object.entries(changed)) {
      const input = { SubscriptionArn, AttributeName, AttributeValue };
      await context.call('sns', 'SetSubscriptionAttributes', input);
    }
    return current;
  },
  remove: ({ physicalId }, context) => endSubscription(physicalId, context),
};

/** Ends a subscription. One that nobody has confirmed can't be ended: it goes with its topic, or by itself. */
export async function endSubscription(
  SubscriptionArn: string | undefined,
  context: ResourceContext,
): Promise<void> {
  const ending = context.call('sns', 'Unsubscribe', { SubscriptionArn });
  await unless(ending, 'NotFound', 'InvalidParameter');
}

/** @throws ServiceError where a topic is in another region than its subscription. */
function checkRegion(properties: Properties, { region }: ResourceContext): void {
  const given = text(properties, 'Region');
  if (given === undefined || given === region) return;
  throw invalid('The local engine does not support subscriptions to topics of another region.');
}
