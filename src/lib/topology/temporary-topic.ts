import { randomBytes } from 'node:crypto';
import type { Aws } from '../aws/clients.ts';
import { type Attributes, createTopic, deleteTopic, setTopicAttribute } from '../aws/topics.ts';
import { type TemporaryPurpose, temporaryName, temporaryTags } from '../definition/temporary.ts';
import type { Topology } from '../definition/topology.ts';
import { parsePolicy } from '../rules/policy/index.ts';

/** A topic that is there for a while, with nobody's subscriptions but temporary ones. */
export interface TemporaryTopic {
  readonly name: string;
  readonly arn: string;
}

/** What to copy. */
export interface TemporaryTopicRequest {
  readonly aws: Aws;
  readonly topology: Topology;
  /** The topic that is copied, and its attributes. */
  readonly topicArn: string;
  readonly attributes: Attributes;
  readonly purpose: TemporaryPurpose;
  /** Seconds from now on after which anybody may remove it. */
  readonly lifetime: number;
}

/**
 * Creates a copy of a topic: with the tags of a temporary one, the topic's encryption key, and what its policy says of
 * publishing. What the policy says of other actions is left out, so that the copy can be removed whatever it forbids.
 * Where a step is refused the copy goes again.
 * @throws AppError when a call is refused; InvalidPolicy where the topic's policy can't be read.
 */
export async function createTemporaryTopic(
  request: TemporaryTopicRequest,
): Promise<TemporaryTopic> {
  const { aws, topology, topicArn, attributes, purpose, lifetime } = request;
  const fifo = topicArn.endsWith('.fifo');
  const name = temporaryName(topology, purpose, { id: randomBytes(4).toString('hex'), fifo });
  const tags = temporaryTags(topology, purpose, Date.now() + lifetime * 1000);
  const settings: Attributes = fifo ? { FifoTopic: 'true' } : {};
  const arn = await createTopic(aws, { name, attributes: settings, tags });
  try {
    const policy = publishingPolicy(attributes.Policy, arn);
    if (policy !== undefined) await setTopicAttribute(aws, arn, 'Policy', policy);
    const key = attributes.KmsMasterKeyId;
    if (key) await setTopicAttribute(aws, arn, 'KmsMasterKeyId', key);
    return { name, arn };
  } catch (error) {
    // What went wrong first is what counts; a topic that stays nevertheless is removed by the next cleanup.
    await deleteTopic(aws, arn).catch(() => {});
    throw error;
  }
}

/** Removes the topic; one that is gone already is not an error. Its subscriptions have to be gone. @throws AppError. */
export async function removeTemporaryTopic(aws: Aws, { arn }: TemporaryTopic): Promise<void> {
  await deleteTopic(aws, arn);
}

/**
 * What a topic's policy says of publishing, for another topic.
 * @returns undefined where it says nothing: AWS then gives the topic its default policy.
 * @throws InvalidPolicy
 */
export function publishingPolicy(text: string | undefined, arn: string): string | undefined {
  if (!text) return undefined;
  const document = JSON.parse(text) as { Statement?: object | readonly object[] };
  const sources = [document.Statement ?? []].flat();
  if (sources.length === 0) return undefined;
  const request = {
    principal: { type: 'AWS', arn: '', account: '' },
    action: 'sns:Publish',
    resource: arn,
    context: {},
  } as const;
  const statements = parsePolicy(text).statements.flatMap(({ index, elements }) => {
    const action = elements.find(({ name }) => name === 'Action' || name === 'NotAction');
    if (!action?.holds(request)) return [];
    const {
      NotAction: _notAction,
      NotResource: _notResource,
      ...kept
    } = sources[index] as Record<string, unknown>;
    return [{ ...kept, Action: 'sns:Publish', Resource: arn }];
  });
  if (statements.length === 0) return undefined;
  return JSON.stringify({ ...document, Statement: statements });
}
