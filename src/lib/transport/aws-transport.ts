import type { Aws } from '../aws/clients.ts';
import type { TargetIdentity } from '../config/target.ts';
import { topicArn } from '../rules/names.ts';
import { reportOf } from '../topology/report.ts';
import type { Transport, TransportPlan } from './transport.ts';

/** SNS and SQS as a transport. What a method needs is loaded when it is called. */
export function awsTransport(connection: { aws: Aws; identity: TargetIdentity }): Transport {
  const { aws, identity } = connection;
  return {
    identity,
    aws: connection,
    broker: undefined,
    async planSetup(topology): Promise<TransportPlan> {
      const { planSetup, setUp } = await import('../topology/setup.ts');
      const place = { ...connection, topology };
      const plan = await planSetup(place);
      return {
        ...plan,
        others: [],
        report: reportOf(topology, plan.observed),
        async setUp(options) {
          const { observed, interrupted, made } = await setUp(place, plan, options);
          return { report: reportOf(topology, observed), interrupted, made };
        },
      };
    },
    async findRemains(topology, options) {
      const { findRemains } = await import('../topology/remains.ts');
      return findRemains({ ...connection, topology }, options);
    },
    async cleanUp(topology, found, options) {
      const { cleanUp } = await import('../topology/cleanup.ts');
      return cleanUp({ ...connection, topology }, found, options);
    },
    async statusReader(topology, options) {
      const { createStatusReader } = await import('../diagnose/status/read-status.ts');
      return createStatusReader({ ...connection, topology }, options);
    },
    addressOf: ({ arn, name }) => arn ?? topicArn(identity, name),
    async publishers(tracing) {
      const { createPublisher } = await import('../publish/publisher.ts');
      return (topicArn) => createPublisher({ aws, topicArn, tracing });
    },
    async topic(topicArn) {
      const { snsTopic } = await import('../aws/message-topic.ts');
      return snsTopic(aws, topicArn);
    },
    async findQueue({ queue }) {
      const [{ findQueueUrl }, { sqsQueue }] = await Promise.all([
        import('../aws/queues.ts'),
        import('../aws/message-queue.ts'),
      ]);
      const url = await findQueueUrl(aws, queue);
      return url === undefined ? undefined : sqsQueue(aws, url);
    },
    async findStored(name) {
      const { findStoredQueue } = await import('../aws/stored-queue.ts');
      return findStoredQueue(aws, name);
    },
    async findDestination(name) {
      const [{ findQueueUrl }, { sqsStoredQueue }] = await Promise.all([
        import('../aws/queues.ts'),
        import('../aws/stored-queue.ts'),
      ]);
      const url = await findQueueUrl(aws, name);
      return url === undefined ? undefined : sqsStoredQueue(aws, url);
    },
    async close() {},
  };
}
