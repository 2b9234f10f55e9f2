import type {
  CreateTopicInput,
  CreateTopicResponse,
  DeleteTopicInput,
  ListTopicsInput,
  ListTopicsResponse,
} from '@aws-sdk/client-sns';
import { ServiceError } from '../../../errors.ts';
import { sameJson } from '../../sqs/same-json.ts';
import { keepArchiveTime, topicSettings } from '../attributes.ts';
import { authorize } from '../authorize.ts';
import type { SnsContext } from '../context.ts';
import { checkTopicArn } from '../lookup.ts';
import { orphan } from '../orphans.ts';
import { page } from '../pages.ts';
import { invalidParameter } from '../refusals.ts';
import { dropTopic, storeTopic } from '../stored.ts';
import type { Topic } from '../topic.ts';
import { checkedTopicAttribute, isSettable } from '../topic-attribute-rules.ts';
import { policyText } from '../topic-policy.ts';
import { checkDataProtectionPolicy } from './data-protection.ts';
import { checkTagCount, readTags } from './tags.ts';

const STANDARD_NAME = /^[A-Za-z0-9_-]{1,256}$/;
const FIFO_NAME = /^[A-Za-z0-9_-]{1,251}\.fifo$/;

/** https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
export function createTopic(input: CreateTopicInput, ctx: SnsContext): CreateTopicResponse {
  const { Name: name = '', DataProtectionPolicy: dataProtectionPolicy } = input;
  const given = new Map(Object.entries(input.Attributes ?? {}));
  const fifo = checkName(name, given.get('FifoTopic'));
  for (const [attribute, value] of given) {
    if (attribute === 'FifoTopic') continue;
    if (!isSettable(attribute)) {
      throw invalidParameter(`Attributes Reason: Unknown attribute ${attribute}`);
    }
    given.set(attribute, checkedTopicAttribute(attribute, value, fifo, 'Attributes Reason: '));
  }
  const tags = readTags(input.Tags ?? []);
  checkTagCount(tags.size);
  if (dataProtectionPolicy !== undefined) checkDataProtectionPolicy(dataProtectionPolicy);

  const { state: sns } = ctx;
  const arn = `arn:aws:sns:${ctx.region}:${ctx.account}:${name}`;
  const existing = sns.topics.get(arn);
  if (existing !== undefined) {
    checkSame(existing, given, tags);
    return { TopicArn: arn };
  }
  given.delete('FifoTopic');
  keepArchiveTime(given, ctx.clock.timestamp());
  const topic: Topic = {
    arn,
    name,
    account: ctx.account,
    region: ctx.region,
    fifo,
    serial: sns.nextSerial,
    attributes: given,
    tags,
    dataProtectionPolicy,
    subscriptions: new Map(),
    deleted: 0,
    sequence: 0,
    settings: topicSettings(given),
  };
  sns.nextSerial += 1;
  sns.topics.set(arn, topic);
  storeTopic(sns, topic);
  return { TopicArn: arn };
}

/** Checks a topic's name against its kind, and tells whether it is FIFO. */
function checkName(name: string, fifoTopic: string | undefined): boolean {
  const fifo = fifoTopic?.toLowerCase() === 'true';
  if (fifoTopic !== undefined && !fifo && fifoTopic.toLowerCase() !== 'false') {
    throw invalidParameter(
      `Attributes Reason: FifoTopic: Invalid value [${fifoTopic}]. Must be true or false.`,
    );
  }
  if (!(fifo ? FIFO_NAME : STANDARD_NAME).test(name)) throw invalidParameter('Topic Name');
  return fifo;
}

/** `CreateTopic` may be repeated as long as it asks for nothing that the topic isn't. */
function checkSame(
  topic: Topic,
  attributes: ReadonlyMap<string, string>,
  tags: ReadonlyMap<string, string>,
): void {
  for (const [name, value] of attributes) {
    const current = currentValue(topic, name);
    if (current === undefined || !sameJson(value, current)) {
      throw invalidParameter('Attributes Reason: Topic already exists with different attributes');
    }
  }
  for (const [key, value] of tags) {
    if (topic.tags.get(key) !== value) {
      throw invalidParameter('Tags Reason: Topic already exists with different tags');
    }
  }
}

const DEFAULTS: Readonly<Record<string, string>> = {
  DisplayName: '',
  SignatureVersion: '1',
  TracingConfig: 'PassThrough',
  MaximumMessageSize: '262144',
  ContentBasedDeduplication: 'false',
  FifoThroughputScope: 'Topic',
};

function currentValue(topic: Topic, name: string): string | undefined {
  if (name === 'FifoTopic') return String(topic.fifo);
  if (name === 'Policy') return policyText(topic);
  return topic.attributes.get(name) ?? DEFAULTS[name];
}

/** Deleting what isn't there is no error. https://docs.aws.amazon.com/sns/latest/api/API_DeleteTopic.html */
export function deleteTopic(input: DeleteTopicInput, ctx: SnsContext): object {
  const arn = input.TopicArn ?? '';
  checkTopicArn(ctx, arn, 'TopicArn');
  const topic = ctx.state.topics.get(arn);
  if (topic === undefined) return {};
  authorize(ctx, topic, 'DeleteTopic');
  if (topic.settings.archive !== undefined) {
    throw new ServiceError(
      'InvalidState',
      'Invalid state: Cannot delete a topic with an ArchivePolicy',
    );
  }
  dropTopic(ctx.state, topic);
  orphan(ctx.state, topic);
  return {};
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html */
export function listTopics(input: ListTopicsInput, ctx: SnsContext): ListTopicsResponse {
  const { items, ...next } = page(topicsOf(ctx), input.NextToken);
  return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), ...next };
}

function* topicsOf(ctx: SnsContext): Iterable<Topic> {
  for (const topic of ctx.state.topics.values()) {
    if (topic.account === ctx.account && topic.region === ctx.region) yield topic;
  }
}
