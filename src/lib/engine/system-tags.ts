import { type CloudWatchState, storeAlarm } from './services/cloudwatch/state.ts';
import { type LambdaState, storeFunction } from './services/lambda/state.ts';
import { type LogsState, storeGroup } from './services/logs/state.ts';
import type { SnsState } from './services/sns/state.ts';
import { storeTopic } from './services/sns/stored.ts';
import { recordQueue } from './services/sqs/records.ts';
import { queueKey, type SqsState } from './services/sqs/state.ts';

/** The services whose resources get tags of AWS's own. */
export interface TaggedServices {
  readonly sns: SnsState;
  readonly sqs: SqsState;
  readonly lambda: LambdaState;
  readonly logs: LogsState;
  readonly cloudwatch: CloudWatchState;
}

/**
 * Gives a resource tags whose keys begin with `aws:`, which its own service takes from nobody. What isn't there, and what
 * another service has, is left alone.
 */
export function addSystemTags(
  services: TaggedServices,
  arn: string,
  tags: Readonly<Record<string, string>>,
): void {
  const [, , service, region = '', account = '', name = ''] = arn.split(':');
  const added = Object.entries(tags);
  switch (service) {
    case 'sns': {
      const topic = services.sns.topics.get(arn);
      if (topic === undefined) return;
      for (const [key, value] of added) topic.tags.set(key, value);
      storeTopic(services.sns, topic);
      return;
    }
    case 'sqs': {
      const queue = services.sqs.queues.get(queueKey(account, region, name));
      if (queue === undefined) return;
      for (const [key, value] of added) queue.tags.set(key, value);
      recordQueue(services.sqs.parts.journal, queue);
      return;
    }
    case 'lambda': {
      const fn = services.lambda.functions.get(arn);
      if (fn !== undefined)
        storeFunction(services.lambda, { ...fn, tags: { ...fn.tags, ...tags } });
      return;
    }
    case 'logs': {
      const group = services.logs.groups.get(arn.replace(/:\*$/, ''));
      if (group === undefined) return;
      group.tags = { ...group.tags, ...tags };
      storeGroup(services.logs, group);
      return;
    }
    case 'cloudwatch': {
      const alarm = services.cloudwatch.alarms.get(arn);
      if (alarm === undefined) return;
      for (const [key, value] of added) alarm.tags.set(key, value);
      storeAlarm(services.cloudwatch, alarm);
      return;
    }
  }
}
