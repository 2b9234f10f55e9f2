import type { ChalkInstance } from 'chalk';
import type { StackEvent } from '../aws/stacks.ts';
import type { StackChange } from '../deploy/plan-stack.ts';
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
  'AWS::CloudFormation::Stack': 'stack',
};

/** What a type of resource is called, such as `queue`. */
export function resourceWord(type: string): string {
  return TYPE_WORDS[type] ?? type.replace(/^AWS::/, '');
}

/** The plan of a stack: a line a resource, and below a change one for each setting: old → new. */
export function renderStackPlan(changes: readonly StackChange[], style: ChalkInstance): string[] {
  const shown = changes.map(({ action, type, logicalId, replaced, differences }) => ({
    action,
    type: resourceWord(type),
    name: logicalId,
    differences,
    ...(replaced === 'no' ? {} : { remark: REPLACED[replaced] }),
  }));
  return renderChanges(shown, style);
}

const REPLACED = {
  yes: 'replaced: the old one is deleted',
  maybe: 'may be replaced: the old one is then deleted',
} as const;

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
 * An event of a stack in a line: what became of a resource. Of the stack itself only what it turns back from.
 * @param skipped what is said of a resource that a deletion of its stack leaves.
 * @returns undefined for what says nothing new.
 */
export function renderStackEvent(
  event: StackEvent,
  style: ChalkInstance,
  skipped = 'kept',
): string | undefined {
  const { ResourceType = '', LogicalResourceId = '', ResourceStatus = '' } = event;
  const { ResourceStatusReason: reason = '' } = event;
  if (event.PhysicalResourceId === event.StackId) {
    return /ROLLBACK_IN_PROGRESS$/.test(ResourceStatus)
      ? style.yellow('Taking it back')
      : undefined;
  }
  const words = ResourceStatus === 'DELETE_SKIPPED' ? skipped : ENDED[ResourceStatus];
  if (words === undefined) return undefined;
  const line = `${resourceWord(ResourceType).padEnd(12)}  ${LogicalResourceId} ${words}`;
  if (!ResourceStatus.endsWith('_FAILED')) return `  ${line}`;
  return style.red(`✗ ${line}${reason === '' ? '' : `: ${reason}`}`);
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
