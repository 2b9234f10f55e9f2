import { findAlarms } from '../aws/alarms.ts';
import { getLogGroup } from '../aws/function-logs.ts';
import { getFunction } from '../aws/functions.ts';
import { findQueueUrl } from '../aws/queues.ts';
import { getTable } from '../aws/tables.ts';
import { queueTags, topicTags } from '../aws/tags.ts';
import type { Attributes } from '../aws/topics.ts';
import type { Topology } from '../definition/topology.ts';
import { type Place, topicArnOf } from '../topology/inspect.ts';
import { allSettled, createLimit } from '../topology/limit.ts';
import { isForeign, stackOf } from '../topology/ownership.ts';
import type { StackChange } from './plan-stack.ts';
import type { Deployment } from './template.ts';

/** A name that a stack would give, and that something has already. */
export interface TakenName {
  /** Such as `AWS::SQS::Queue`. */
  readonly type: string;
  readonly name: string;
  /** The CloudFormation stack that made what is there; undefined where none did. */
  readonly stack: string | undefined;
  /** Whether it is tagged as the topology's. */
  readonly isOurs: boolean;
}

/** Where a type of resource has its name, and how the tags are read of what has that name. */
interface Named {
  readonly property: string;
  /** @returns undefined where there is none. */
  tags(place: Place, name: string): Promise<Attributes | undefined>;
}

const NAMED: Readonly<Record<string, Named>> = {
  'AWS::SNS::Topic': {
    property: 'TopicName',
    tags: async (place, name) => {
      const arn = await topicArnOf(place, { name, arn: undefined });
      return arn === undefined ? undefined : topicTags(place.aws, arn);
    },
  },
  'AWS::SQS::Queue': {
    property: 'QueueName',
    tags: async ({ aws }, name) => {
      const url = await findQueueUrl(aws, name);
      return url === undefined ? undefined : queueTags(aws, url);
    },
  },
  'AWS::DynamoDB::Table': {
    property: 'TableName',
    tags: async ({ aws }, name) => (await getTable(aws, name))?.tags,
  },
  'AWS::Lambda::Function': {
    property: 'FunctionName',
    tags: async ({ aws }, name) => (await getFunction(aws, name))?.tags,
  },
  'AWS::Logs::LogGroup': {
    property: 'LogGroupName',
    tags: async ({ aws }, name) => (await getLogGroup(aws, name))?.tags,
  },
  'AWS::CloudWatch::Alarm': {
    property: 'AlarmName',
    tags: async ({ aws }, name) => (await findAlarms(aws, [name])).get(name)?.tags,
  },
};

/** The names of a type's resources that a plan creates, as its template says them. */
export function namesToCreate(
  { template }: Pick<Deployment, 'template'>,
  changes: readonly StackChange[],
  type: string,
): string[] {
  const property = NAMED[type]?.property ?? '';
  return changes.flatMap((change) => {
    if (change.action !== 'create' || change.type !== type) return [];
    const name = template.Resources[change.logicalId]?.Properties?.[property];
    return typeof name === 'string' ? [name] : [];
  });
}

/**
 * Finds what a plan can't create since its name is taken: CloudFormation takes over nothing, and finds that out only
 * when it has made a part of the stack.
 * @throws AppError of a call that is refused.
 */
export async function takenNames(
  place: Place & { readonly topology: Pick<Topology, 'name'> },
  deployment: Pick<Deployment, 'template'>,
  changes: readonly StackChange[],
): Promise<TakenName[]> {
  const limit = createLimit();
  const looks = Object.entries(NAMED).flatMap(([type, { tags }]) =>
    namesToCreate(deployment, changes, type).map((name) =>
      limit(async () => {
        const found = await tags(place, name);
        if (found === undefined) return [];
        return [{ type, name, stack: stackOf(found), isOurs: !isForeign(place.topology, found) }];
      }),
    ),
  );
  return (await allSettled(looks)).flat();
}
