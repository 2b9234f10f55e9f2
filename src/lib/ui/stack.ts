import type { ChalkInstance } from 'chalk';
import type { StackEvent } from '../aws/stacks.ts';
import type { StackChange } from '../deploy/plan-stack.ts';
import { plainReason } from '../rules/stack-reason.ts';
import { renderChanges } from './plan.ts';

/** What types of resources are called in plans; any other goes without its `AWS::`. */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  'AWS::SNS::Topic': 'topic',
  'AWS::SNS::Subscription': 'subscription',
  'AWS::SQS::Queue': 'queue',
  'AWS::SQS::QueuePolicy': 'queue policy',
  'AWS::Lambda::Function': 'function',
  'AWS::Lambda::EventSourceMapping': 'mapping',
  'AWS::Lambda::Permission': 'permission',
  'AWS::DynamoDB::Table': 'table',
  'AWS::IAM::Role': 'role',
  'AWS::Logs::LogGroup': 'log group',
  'AWS::CloudWatch::Alarm': 'alarm',
  'AWS::ApiGatewayV2::Api': 'api',
  'AWS::ApiGatewayV2::Integration': 'integration',
  'AWS::ApiGatewayV2::Route': 'route',
  'AWS::ApiGatewayV2::Stage': 'stage',
  'AWS::ECS::Cluster': 'cluster',
  'AWS::ECS::TaskDefinition': 'task',
  'AWS::ECS::Service': 'service',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'load balancer',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'target group',
  'AWS::ElasticLoadBalancingV2::Listener': 'listener',
  'AWS::EC2::SecurityGroup': 'security group',
  'AWS::ApplicationAutoScaling::ScalableTarget': 'scaling',
  'AWS::ApplicationAutoScaling::ScalingPolicy': 'scaling policy',
  'AWS::SecretsManager::Secret': 'secret',
  'AWS::Events::Rule': 'schedule',
  'AWS::RDS::DBInstance': 'database',
  'AWS::RDS::DBSubnetGroup': 'subnet group',
  'AWS::S3::Bucket': 'bucket',
  'AWS::S3::BucketPolicy': 'bucket policy',
  'AWS::ECR::Repository': 'repository',
  'AWS::CloudFormation::Stack': 'stack',
};

/** What a type of resource is called, such as `queue`. */
export function resourceWord(type: string): string {
  return TYPE_WORDS[type] ?? type.replace(/^AWS::/, '');
}

/** As wide as any of the words. */
const WORD_WIDTH = Math.max(...Object.values(TYPE_WORDS).map(({ length }) => length));

/** The plan of a stack: a line a resource, and below a change one for each setting: old → new. */
export function renderStackPlan(changes: readonly StackChange[], style: ChalkInstance): string[] {
  const shown = changes.map(({ action, type, logicalId, replaced, differences }) => ({
    action,
    type: resourceWord(type),
    name: logicalId,
    differences: differences.map(shortened),
    ...(replaced === 'no' ? {} : { remark: isRevised(type) ? REVISED : REPLACED[replaced] }),
  }));
  return renderChanges(shown, style);
}

const REPLACED = {
  yes: 'replaced: the old one is deleted',
  maybe: 'may be replaced: the old one is then deleted',
} as const;

/** Whether a type of resource is made anew with each change, where the one before is no loss: nothing uses it any more. */
export function isRevised(type: string): boolean {
  return type === 'AWS::ECS::TaskDefinition';
}

const REVISED = 'a new revision';
/** What CloudFormation shows of a value that it doesn't know before (`DescribeChangeSet`). */
const UNKNOWN = '{{changeSet:KNOWN_AFTER_APPLY}}';

/**
 * Old and new value as far as both fit a line of 80 columns with their setting: what they begin with alike is left out,
 * and of a value without a counterpart the end stays, where names and paths differ.
 */
function shortened<T extends StackChange['differences'][number]>(difference: T): T {
  const { setting, from, to } = difference;
  const most = Math.max(LEAST_SHOWN, Math.floor((COLUMNS - setting.length - GAPS) / 2));
  const alike = isKnown(from) && isKnown(to) ? alikeUntil(from, to) : undefined;
  const short = (value: string | undefined): string | undefined => {
    if (!isKnown(value)) return value && 'known when it is made';
    if (value.length <= most) return value;
    const begin = Math.min(alike ?? value.length, value.length - most + 1);
    const rest = begin > 0 ? `…${value.slice(begin)}` : value;
    return rest.length > most ? `${rest.slice(0, most - 1)}…` : rest;
  };
  return { ...difference, from: short(from), to: short(to) };
}

/** What a terminal has at least, and what of a line is neither setting nor value. */
const COLUMNS = 80;
const GAPS = '    : → '.length;
/** Characters of a value that are shown of each, however long its setting is. */
const LEAST_SHOWN = 16;

function isKnown(value: string | undefined): value is string {
  return value !== undefined && value !== UNKNOWN;
}

function alikeUntil(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

/** Counts of a plan, such as `12 to create, 1 to update`. */
export function summarizePlan(changes: readonly StackChange[]): string {
  const words = (['create', 'update', 'delete'] as const).flatMap((action) => {
    const count = changes.filter((each) => each.action === action).length;
    return count > 0 ? [`${count} to ${action}`] : [];
  });
  return words.length > 0 ? words.join(', ') : 'only outputs or tags change';
}

const ENDED: Readonly<Record<string, string>> = {
  CREATE_COMPLETE: 'created',
  UPDATE_COMPLETE: 'updated',
  DELETE_COMPLETE: 'deleted',
  CREATE_FAILED: 'could not be created',
  UPDATE_FAILED: 'could not be updated',
  DELETE_FAILED: 'could not be deleted',
};

/**
 * Gives the events of an operation on a stack a line each: what became of a resource; of the stack itself only what it
 * turns back from. The reason of the first failure is left to the error that ends the operation, and that what could not
 * be made is removed says nothing.
 * @param skipped what is said of a resource that a deletion of its stack leaves.
 * @returns undefined for what says nothing new.
 */
export function stackEventLines(
  style: ChalkInstance,
  skipped = 'kept',
): (event: StackEvent) => string | undefined {
  const failed = new Set<string>();
  return (event) => {
    const { ResourceType = '', LogicalResourceId = '', ResourceStatus = '' } = event;
    const { ResourceStatusReason: reason = '' } = event;
    if (event.PhysicalResourceId === event.StackId) {
      return /ROLLBACK_IN_PROGRESS$/.test(ResourceStatus)
        ? style.yellow('Taking it back')
        : undefined;
    }
    const words = ResourceStatus === 'DELETE_SKIPPED' ? skipped : ENDED[ResourceStatus];
    if (words === undefined) return undefined;
    if (ResourceStatus === 'DELETE_COMPLETE' && failed.has(LogicalResourceId)) return undefined;
    const line = `${resourceWord(ResourceType).padEnd(WORD_WIDTH)}  ${LogicalResourceId} ${words}`;
    if (!ResourceStatus.endsWith('_FAILED')) return `  ${line}`;
    const isFirst = failed.size === 0;
    failed.add(LogicalResourceId);
    return style.red(`✗ ${line}${isFirst || reason === '' ? '' : `: ${plainReason(reason)}`}`);
  };
}

/** The outputs of a stack, a line each. */
export function renderOutputs(
  outputs: Readonly<Record<string, string>>,
  style: ChalkInstance,
): string[] {
  const width = Math.max(0, ...Object.keys(outputs).map(({ length }) => length));
  return Object.entries(outputs).map(
    ([name, value]) => `${style.dim(name.padEnd(width))}  ${value}`,
  );
}
