import type { AlarmSettings } from '../../aws/alarms.ts';
import type { Topology } from '../../definition/topology.ts';

/** Messages in a queue above which consumers are behind. */
const MAX_DEPTH = 1_000;
/** Seconds that the oldest message may wait. */
const MAX_AGE_SECONDS = 300;
/** Percent of a minute's deliveries that may fail. */
const MAX_FAILED_PERCENT = 1;
/** Minutes of the last ones in which a queue has to be deep: consumers may be behind for a moment. */
const DEPTH_MINUTES = { breaching: 3, looked: 5 } as const;
const PERIOD_SECONDS = 60;

/** An alarm that a topology should have, and what it says in words. */
export interface WantedAlarm {
  readonly name: string;
  /** Such as `over 1000 messages`. */
  readonly says: string;
  readonly settings: AlarmSettings;
}

/** What alarms have in common. Without data there is nothing wrong: metrics of an unused queue end. */
const COMMON = {
  ActionsEnabled: true,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
} as const;

/**
 * The alarms of a topology: each queue's depth and the age of its oldest message, each topic's failed deliveries, and each
 * dead-letter queue that isn't empty. Their names begin with the resource's, which has the prefix.
 */
export function wantedAlarms(topology: Topology): WantedAlarm[] {
  const queues = topology.subscribers.map(({ queue }) => queue);
  const dlqs = [...new Set(topology.subscribers.flatMap(({ dlq }) => dlq ?? []))];
  const topics = topology.topics.filter(({ arn }) => arn === undefined);
  return [
    ...queues.map(depthAlarm),
    ...queues.map(ageAlarm),
    ...topics.map(({ name }) => failureAlarm(name)),
    ...dlqs.map(deadLetterAlarm),
  ];
}

function depthAlarm(queue: string): WantedAlarm {
  const says = `over ${MAX_DEPTH} messages`;
  const { breaching, looked } = DEPTH_MINUTES;
  return queueAlarm(queue, 'depth', says, {
    AlarmDescription: `More than ${MAX_DEPTH} messages wait in ${queue}: its consumers are behind.`,
    MetricName: 'ApproximateNumberOfMessagesVisible',
    EvaluationPeriods: looked,
    DatapointsToAlarm: breaching,
    Threshold: MAX_DEPTH,
  });
}

function ageAlarm(queue: string): WantedAlarm {
  return queueAlarm(queue, 'age', `oldest message over ${MAX_AGE_SECONDS / 60} min`, {
    AlarmDescription: `The oldest message of ${queue} has waited for more than ${MAX_AGE_SECONDS} s. A message that was received three times doesn't count: see the alarm of the dead-letter queue.`,
    MetricName: 'ApproximateAgeOfOldestMessage',
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    Threshold: MAX_AGE_SECONDS,
  });
}

function deadLetterAlarm(dlq: string): WantedAlarm {
  return queueAlarm(dlq, 'not-empty', 'dead letters', {
    AlarmDescription: `There are dead letters in ${dlq}. Look at them with: pubsub dlq ls`,
    MetricName: 'ApproximateNumberOfMessagesVisible',
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    Threshold: 0,
  });
}

function queueAlarm(
  queue: string,
  suffix: string,
  says: string,
  settings: Omit<AlarmSettings, 'AlarmName'>,
): WantedAlarm {
  const name = `${queue}-${suffix}`;
  return {
    name,
    says,
    settings: {
      AlarmName: name,
      ...COMMON,
      Namespace: 'AWS/SQS',
      Dimensions: [{ Name: 'QueueName', Value: queue }],
      Statistic: 'Maximum',
      Period: PERIOD_SECONDS,
      ...settings,
    },
  };
}

function failureAlarm(topic: string): WantedAlarm {
  const name = `${topic}-failed-deliveries`;
  const metric = (Id: string, MetricName: string) => ({
    Id,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/SNS',
        MetricName,
        Dimensions: [{ Name: 'TopicName', Value: topic }],
      },
      Period: PERIOD_SECONDS,
      Stat: 'Sum',
    },
    ReturnData: false,
  });
  const all = 'FILL(delivered,0)+FILL(failed,0)';
  return {
    name,
    says: `over ${MAX_FAILED_PERCENT} % of deliveries fail`,
    settings: {
      AlarmName: name,
      ...COMMON,
      AlarmDescription: `More than ${MAX_FAILED_PERCENT} % of the deliveries of ${topic} fail. Find the hop with: pubsub doctor`,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      Threshold: MAX_FAILED_PERCENT,
      Metrics: [
        {
          Id: 'rate',
          // A metric that had nothing to count in a minute may have no data point.
          Expression: `IF(${all}>0, 100*FILL(failed,0)/(${all}), 0)`,
          Label: 'failed deliveries, %',
          ReturnData: true,
        },
        metric('delivered', 'NumberOfNotificationsDelivered'),
        metric('failed', 'NumberOfNotificationsFailed'),
      ],
    },
  };
}
