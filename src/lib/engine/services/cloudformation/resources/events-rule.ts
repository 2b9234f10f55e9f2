import { isJson } from '../../../../rules/text/is-json.ts';
import { ServiceError, unsupported } from '../../../errors.ts';
import type { ScheduledRule } from '../../../ports.ts';
import { rateMs } from '../../events/rate.ts';
import { invalid } from '../errors.ts';
import type { Properties } from './check-properties.ts';
import type { PropertyType } from './property-table.ts';
import type { ResourceContext, ResourceType } from './resource-type.ts';
import { TAGS } from './tags.ts';
import { alreadyExists, objects, text } from './values.ts';

const TYPE = 'AWS::Events::Rule';
const MAX_NAME = 64;
/** "Maximum number of targets per rule" (EventBridge quotas). */
const MAX_TARGETS = 5;
/** What targets have that the engine does. */
const TARGET: Readonly<Record<string, PropertyType>> = {
  Arn: 'string',
  Id: 'string',
  Input: 'string',
};
const OTHER_TARGETS: readonly string[] = [
  'AppSyncParameters',
  'BatchParameters',
  'DeadLetterConfig',
  'EcsParameters',
  'HttpParameters',
  'InputPath',
  'InputTransformer',
  'KinesisParameters',
  'RedshiftDataParameters',
  'RetryPolicy',
  'RoleArn',
  'RunCommandParameters',
  'SageMakerPipelineParameters',
  'SqsParameters',
];

/**
 * Schedules that invoke functions, on the engine's clock.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
 */
export const eventsRule: ResourceType = {
  table: {
    properties: {
      Description: 'string',
      EventBusName: 'string',
      EventPattern: 'json',
      Name: 'string',
      RoleArn: 'string',
      ScheduleExpression: 'string',
      State: 'string',
      Tags: TAGS,
      Targets: [{ ...TARGET, ...Object.fromEntries(OTHER_TARGETS.map((name) => [name, 'json'])) }],
    },
    required: [],
    replacing: ['EventBusName', 'Name'],
    name: 'Name',
  },
  attributes: ['Arn', 'RuleName'],
  async create(properties, context) {
    const name = text(properties, 'Name') ?? context.generatedName(MAX_NAME);
    const rule = ruleOf(name, properties, context);
    if (context.schedules.has(rule.arn) && !context.resumed) throw alreadyExists(TYPE, name);
    context.schedules.put(rule);
    return { physicalId: name, attributes: { Arn: rule.arn, RuleName: name } };
  },
  async update(properties, current, context) {
    context.schedules.put(ruleOf(current.physicalId, properties, context));
    return current;
  },
  async remove({ attributes: { Arn = '' } }, context) {
    context.schedules.remove(Arn);
  },
};

/** @throws ServiceError for what is wrong, and `UnsupportedOperation` for what the engine doesn't do. */
function ruleOf(
  name: string,
  properties: Properties,
  { account, region }: ResourceContext,
): ScheduledRule {
  const state = text(properties, 'State') ?? 'ENABLED';
  if (properties.EventPattern !== undefined) throw unsupported('rules with an EventPattern');
  if ((text(properties, 'EventBusName') ?? 'default') !== 'default') {
    throw unsupported('event buses other than default');
  }
  if (!['ENABLED', 'DISABLED'].includes(state)) {
    throw invalid(`State must be ENABLED or DISABLED, and not ${state}.`);
  }
  const targets = objects(properties, 'Targets');
  if (targets.length > MAX_TARGETS) {
    throw new ServiceError('LimitExceededException', `A rule has ${MAX_TARGETS} targets at most.`);
  }
  return {
    arn: `arn:aws:events:${region}:${account}:rule/${name}`,
    account,
    region,
    isEnabled: state === 'ENABLED',
    schedule: scheduleOf(properties),
    targets: targets.map(targetOf),
  };
}

function scheduleOf(properties: Properties): string {
  const schedule = text(properties, 'ScheduleExpression');
  if (schedule === undefined) {
    throw invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  if (/^cron\(.*\)$/.test(schedule)) {
    throw unsupported(`${schedule}: schedules are rate(…), such as rate(5 minutes)`);
  }
  if (rateMs(schedule) !== undefined) return schedule;
  throw invalid(`Parameter ScheduleExpression is not valid: ${schedule}`);
}

function targetOf(target: Properties): ScheduledRule['targets'][number] {
  const other = OTHER_TARGETS.find((name) => target[name] !== undefined);
  if (other !== undefined) throw unsupported(`${other} of targets of rules`);
  const functionArn = text(target, 'Arn') ?? '';
  const input = text(target, 'Input') ?? '';
  if (!/^arn:aws[\w-]*:lambda:[^:]+:\d{12}:function:/.test(functionArn)) {
    throw unsupported(`targets of rules other than functions, such as ${functionArn}`);
  }
  if (input !== '' && !isJson(input)) {
    throw invalid(`JSON text in the Input of target ${text(target, 'Id') ?? ''} is not valid.`);
  }
  return { functionArn, input };
}
