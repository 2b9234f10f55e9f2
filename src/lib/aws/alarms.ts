import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  TagResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import { call, callUnless } from './call.ts';
import type { Aws } from './clients.ts';
import type { Attributes } from './topics.ts';

/** What an alarm is asked to be; its tags apart. */
export type AlarmSettings = Omit<PutMetricAlarmCommandInput, 'Tags'> & {
  readonly AlarmName: string;
};

/** An alarm as it stands. */
export interface FoundAlarm {
  readonly name: string;
  readonly arn: string;
  readonly settings: MetricAlarm;
  readonly tags: Attributes;
}

/** Names that one `DescribeAlarms` or `DeleteAlarms` takes. */
const MAX_NAMES = 100;
const NOT_FOUND = ['ResourceNotFoundException', 'ResourceNotFound'] as const;

function batches(names: readonly string[]): string[][] {
  const count = Math.ceil(names.length / MAX_NAMES);
  return Array.from({ length: count }, (_, index) =>
    names.slice(index * MAX_NAMES, (index + 1) * MAX_NAMES),
  );
}

/** Those of the named alarms that are there, with their tags (`DescribeAlarms`, `ListTagsForResource`). */
export async function findAlarms(
  aws: Aws,
  names: readonly string[],
): Promise<ReadonlyMap<string, FoundAlarm>> {
  const cloudwatch = await aws.cloudwatch();
  const found = new Map<string, FoundAlarm>();
  for (const AlarmNames of batches(names)) {
    const { MetricAlarms = [] } = await call(aws, 'read the alarms', () =>
      cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames, MaxRecords: MAX_NAMES })),
    );
    for (const settings of MetricAlarms) {
      const { AlarmName: name = '', AlarmArn: arn = '' } = settings;
      const answer = await callUnless(aws, `read the tags of alarm "${name}"`, NOT_FOUND, () =>
        cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN: arn })),
      );
      const tags = (answer?.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value] as const);
      found.set(name, { name, arn, settings, tags: Object.fromEntries(tags) });
    }
  }
  return found;
}

function tagList(tags: Attributes): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value = '']) => ({ Key, Value }));
}

/** Makes an alarm with its tags, or gives one that is there new settings (`PutMetricAlarm`), which leaves its tags. */
export async function putAlarm(aws: Aws, settings: AlarmSettings, tags: Attributes): Promise<void> {
  const cloudwatch = await aws.cloudwatch();
  await call(aws, `make alarm "${settings.AlarmName}"`, () =>
    cloudwatch.send(new PutMetricAlarmCommand({ ...settings, Tags: tagList(tags) })),
  );
}

/** Adds tags to an alarm (`TagResource`). */
export async function tagAlarm(aws: Aws, arn: string, tags: Attributes): Promise<void> {
  const cloudwatch = await aws.cloudwatch();
  await call(aws, `tag alarm "${arn}"`, () =>
    cloudwatch.send(new TagResourceCommand({ ResourceARN: arn, Tags: tagList(tags) })),
  );
}

/** Deletes alarms (`DeleteAlarms`); those that are gone already are no error. */
export async function deleteAlarms(aws: Aws, names: readonly string[]): Promise<void> {
  const cloudwatch = await aws.cloudwatch();
  for (const AlarmNames of batches(names)) {
    await callUnless(aws, 'delete the alarms', NOT_FOUND, () =>
      cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames })),
    );
  }
}
