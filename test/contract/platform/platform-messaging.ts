import { PublishCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll } from 'vitest';
import { identify } from '../../../src/lib/aws/identity.ts';
import { findQueueUrl } from '../../../src/lib/aws/queues.ts';
import { topologyOf } from '../../../src/lib/config/topology.ts';
import { findSubscribers } from '../../../src/lib/definition/find.ts';
import type { Topology } from '../../../src/lib/definition/topology.ts';
import { createMessaging, type Messaging } from '../../../src/lib/platform/service/messaging.ts';
import { topicArn } from '../../../src/lib/rules/names.ts';
import { awsTransport } from '../../../src/lib/transport/aws-transport.ts';
import { type TestEndpoint, uniquePrefix } from '../../fixtures/endpoint.ts';
import { fanOutAt } from '../../fixtures/topology.ts';
import { createTestLog } from './service.ts';

/** The topology `platform` on an endpoint. Valid from `beforeAll` on. */
export interface PlatformMessaging {
  /** What services are given; `close` leaves the endpoint's clients alone. */
  messaging(): Messaging;
  /** Publishes a message, `text` to the letter. */
  publish(topic: string, event: object | string): Promise<void>;
  /**
   * What was published of the messages in a subscriber's dead-letter queue, up to 10, each of them once: a standard queue may deliver one
   * twice, and another implementation may move one twice under load.
   */
  deadLetters(subscriber: string): Promise<string[]>;
}

/** Sets the topology up, with names of its own: tests share another implementation. */
export function usePlatformMessaging(endpoint: TestEndpoint): PlatformMessaging {
  let ready: { topology: Topology; messaging: Messaging; arnOf(topic: string): string } | undefined;
  beforeAll(async () => {
    const { aws, settings } = endpoint;
    const [identity, topology] = await Promise.all([
      identify(aws),
      topologyOf({ ...settings, topology: 'platform', prefix: uniquePrefix() }),
    ]);
    await fanOutAt({ aws, identity, topology });
    const open = async () => awsTransport({ aws, identity });
    const messaging = createMessaging({ topology, open, log: createTestLog(), tracing: undefined });
    ready = { topology, messaging, arnOf: (topic) => topicArn(identity, topic) };
  });
  const there = () => {
    if (ready === undefined) throw new Error('The topology is there from beforeAll on.');
    return ready;
  };
  return {
    messaging: () => there().messaging,
    async publish(topic, event) {
      const { topology, arnOf } = there();
      const name = topology.topics.find(({ key }) => key === topic)?.name ?? topic;
      const Message = typeof event === 'string' ? event : JSON.stringify(event);
      await endpoint.aws.sns.send(new PublishCommand({ TopicArn: arnOf(name), Message }));
    },
    async deadLetters(subscriber) {
      const [spec] = findSubscribers(there().topology, subscriber);
      const dlq = spec?.dlq ?? '';
      const QueueUrl = await findQueueUrl(endpoint.aws, dlq);
      const { Messages = [] } = await endpoint.aws.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
      );
      const bodies = new Map(Messages.map(({ MessageId, Body = '' }) => [MessageId, Body]));
      return [...bodies.values()].map((body) => JSON.parse(body).Message);
    },
  };
}
