import type {
  CreateTargetGroupInput,
  CreateTargetGroupOutput,
  DeleteTargetGroupInput,
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput,
  DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput,
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupAttributesOutput,
  ModifyTargetGroupInput,
  ModifyTargetGroupOutput,
  TargetGroup as TargetGroupOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ServiceError, unsupported } from '../../../errors.ts';
import { attributeList, attributesAfter } from '../attributes.ts';
import type { ElbContext } from '../context.ts';
import { targetGroupMissing, validationError } from '../errors.ts';
import { healthCheckOf } from '../health-check-settings.ts';
import { checkName, newArn, targetGroupFor } from '../lookup.ts';
import type { ElbState, TargetGroup } from '../state.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
export function createTargetGroup(
  input: CreateTargetGroupInput,
  ctx: ElbContext,
): CreateTargetGroupOutput {
  const { Name: name = '', TargetType: type = 'instance', Protocol: protocol } = input;
  checkName('Target group', name);
  if (type !== 'ip') throw unsupported(`target groups of the type ${type}: ip only`);
  if (protocol !== 'HTTP')
    throw unsupported(`target groups of the protocol ${protocol}: HTTP only`);
  const { ProtocolVersion: version = 'HTTP1', Port: port } = input;
  if (version !== 'HTTP1') throw unsupported(`target groups of the protocol version ${version}`);
  if (port === undefined || port < 1 || port > 65_535) {
    throw validationError('A port must be specified, from 1 to 65535');
  }
  if (ctx.state.targetGroups.of(ctx).some((each) => each.name === name)) {
    throw new ServiceError(
      'DuplicateTargetGroupName',
      `A target group with the same name '${name}' exists, but with different settings`,
    );
  }
  const group: TargetGroup = {
    arn: newArn(ctx, `targetgroup/${name}`),
    name,
    account: ctx.account,
    region: ctx.region,
    port,
    vpcId: input.VpcId ?? '',
    healthCheck: healthCheckOf(input),
    attributes: {},
    tags: input.Tags ?? [],
  };
  ctx.state.targetGroups.store(group);
  return { TargetGroups: [view(ctx.state, group)] };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroup.html */
export function modifyTargetGroup(
  input: ModifyTargetGroupInput,
  ctx: ElbContext,
): ModifyTargetGroupOutput {
  const found = targetGroupFor(ctx, input.TargetGroupArn);
  const group = { ...found, healthCheck: healthCheckOf(input, found.healthCheck) };
  ctx.state.targetGroups.store(group);
  ctx.state.balancers?.targetsOf(group.arn).recheck(group);
  return { TargetGroups: [view(ctx.state, group)] };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html */
export function deleteTargetGroup(
  { TargetGroupArn: arn = '' }: DeleteTargetGroupInput,
  { state }: ElbContext,
): void {
  const found = state.targetGroups.get(arn);
  if (found === undefined) return;
  if (loadBalancersOf(state, arn).length > 0) {
    throw new ServiceError(
      'ResourceInUse',
      `Target group '${arn}' is currently in use by a listener or a rule`,
    );
  }
  state.balancers?.dropGroup(arn);
  state.targetGroups.drop(found);
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html */
export function describeTargetGroups(
  { TargetGroupArns: arns, Names: names, LoadBalancerArn: of }: DescribeTargetGroupsInput,
  ctx: ElbContext,
): DescribeTargetGroupsOutput {
  const own = ctx.state.targetGroups.of(ctx);
  for (const arn of arns ?? []) targetGroupFor(ctx, arn);
  const missing = names?.find((name) => !own.some((each) => each.name === name));
  if (missing !== undefined) throw targetGroupMissing(missing);
  const asked = own.filter(
    ({ arn, name }) =>
      (arns?.includes(arn) ?? true) &&
      (names?.includes(name) ?? true) &&
      (of === undefined || loadBalancersOf(ctx.state, arn).includes(of)),
  );
  return { TargetGroups: asked.map((each) => view(ctx.state, each)) };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html */
export function describeTargetHealth(
  { TargetGroupArn: arn }: DescribeTargetHealthInput,
  ctx: ElbContext,
): DescribeTargetHealthOutput {
  const group = targetGroupFor(ctx, arn);
  const targets = ctx.state.balancers?.targetsOf(group.arn).all ?? [];
  return {
    TargetHealthDescriptions: targets.map(({ host, port, health, isDraining }) => ({
      Target: { Id: host, Port: port },
      HealthCheckPort: String(port),
      TargetHealth: isDraining
        ? { State: 'draining', Reason: 'Target.DeregistrationInProgress' }
        : health === 'healthy'
          ? { State: 'healthy' }
          : health === 'initial'
            ? { State: 'initial', Reason: 'Elb.InitialHealthChecking' }
            : { State: 'unhealthy', Reason: 'Target.FailedHealthChecks' },
    })),
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroupAttributes.html */
export function describeTargetGroupAttributes(
  { TargetGroupArn: arn }: DescribeTargetGroupAttributesInput,
  ctx: ElbContext,
): DescribeTargetGroupAttributesOutput {
  return { Attributes: attributeList(targetGroupFor(ctx, arn).attributes) };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroupAttributes.html */
export function modifyTargetGroupAttributes(
  { TargetGroupArn: arn, Attributes: given = [] }: ModifyTargetGroupAttributesInput,
  ctx: ElbContext,
): ModifyTargetGroupAttributesOutput {
  const found = targetGroupFor(ctx, arn);
  const attributes = attributesAfter(found.attributes, given);
  ctx.state.targetGroups.store({ ...found, attributes });
  return { Attributes: attributeList(attributes) };
}

/** ARNs of the load balancers that lead to a group. */
function loadBalancersOf({ listeners }: ElbState, group: string): string[] {
  return [...listeners.values()].flatMap(({ actions, loadBalancerArn }) =>
    actions.some(({ TargetGroupArn }) => TargetGroupArn === group) ? loadBalancerArn : [],
  );
}

function view(state: ElbState, group: TargetGroup): TargetGroupOutput {
  const { matcher, ...checks } = group.healthCheck;
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: 'HTTP',
    ProtocolVersion: 'HTTP1',
    Port: group.port,
    ...(group.vpcId === '' ? {} : { VpcId: group.vpcId }),
    HealthCheckProtocol: 'HTTP',
    HealthCheckPort: 'traffic-port',
    HealthCheckEnabled: true,
    ...checks,
    Matcher: { HttpCode: matcher },
    LoadBalancerArns: loadBalancersOf(state, group.arn),
    TargetType: 'ip',
    IpAddressType: 'ipv4',
  };
}
