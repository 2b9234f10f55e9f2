import type {
  CreateLoadBalancerInput,
  CreateLoadBalancerOutput,
  DeleteLoadBalancerInput,
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancerAttributesOutput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  LoadBalancer as LoadBalancerOutput,
  ModifyLoadBalancerAttributesInput,
  ModifyLoadBalancerAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ServiceError, unsupported } from '../../../errors.ts';
import { attributeList, attributesAfter } from '../attributes.ts';
import type { ElbContext } from '../context.ts';
import { balancersOf } from '../create-state.ts';
import { loadBalancerMissing } from '../errors.ts';
import { checkName, loadBalancerFor, newArn } from '../lookup.ts';
import type { ElbState, LoadBalancer } from '../state.ts';

/** Of load balancers of the engine, whose address is one of this machine. */
const NO_ZONE = 'Z00000000000000000000';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html */
export async function createLoadBalancer(
  input: CreateLoadBalancerInput,
  ctx: ElbContext,
): Promise<CreateLoadBalancerOutput> {
  const { Name: name = '', Type: type = 'application', SubnetMappings: mappings = [] } = input;
  if (type !== 'application') throw unsupported(`load balancers of the type ${type}`);
  checkName('Load balancer', name);
  refuseTaken(name, ctx);
  const arn = newArn(ctx, `loadbalancer/app/${name}`);
  const balancers = await balancersOf(ctx.state);
  const port = await balancers.open(arn, 0);
  try {
    // Another call may have made one while this one's port was opened.
    refuseTaken(name, ctx);
  } catch (error) {
    balancers.close(arn);
    throw error;
  }
  const loadBalancer: LoadBalancer = {
    arn,
    name,
    account: ctx.account,
    region: ctx.region,
    createdAt: ctx.clock.timestamp(),
    port,
    scheme: input.Scheme ?? 'internet-facing',
    subnets: input.Subnets ?? mappings.flatMap(({ SubnetId }) => SubnetId ?? []),
    securityGroups: input.SecurityGroups ?? [],
    attributes: {},
    tags: input.Tags ?? [],
  };
  ctx.state.loadBalancers.store(loadBalancer);
  return { LoadBalancers: [view(ctx.state, loadBalancer)] };
}

/** @throws ServiceError `DuplicateLoadBalancerName` */
function refuseTaken(name: string, ctx: ElbContext): void {
  if (ctx.state.loadBalancers.of(ctx).every((each) => each.name !== name)) return;
  throw new ServiceError(
    'DuplicateLoadBalancerName',
    `A load balancer with the same name '${name}' exists, but with different settings`,
  );
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html */
export function deleteLoadBalancer(
  { LoadBalancerArn: arn = '' }: DeleteLoadBalancerInput,
  { state }: ElbContext,
): void {
  const found = state.loadBalancers.get(arn);
  // One that isn't there is as good as deleted.
  if (found === undefined) return;
  for (const listener of [...state.listeners.values()]) {
    if (listener.loadBalancerArn === arn) state.listeners.drop(listener);
  }
  state.balancers?.close(arn);
  state.loadBalancers.drop(found);
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html */
export function describeLoadBalancers(
  { LoadBalancerArns: arns, Names: names }: DescribeLoadBalancersInput,
  ctx: ElbContext,
): DescribeLoadBalancersOutput {
  const own = ctx.state.loadBalancers.of(ctx);
  for (const arn of arns ?? []) loadBalancerFor(ctx, arn);
  const missing = names?.find((name) => !own.some((each) => each.name === name));
  if (missing !== undefined) throw loadBalancerMissing(missing);
  const asked = own.filter(
    ({ arn, name }) => (arns?.includes(arn) ?? true) && (names?.includes(name) ?? true),
  );
  return { LoadBalancers: asked.map((each) => view(ctx.state, each)) };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancerAttributes.html */
export function describeLoadBalancerAttributes(
  { LoadBalancerArn: arn }: DescribeLoadBalancerAttributesInput,
  ctx: ElbContext,
): DescribeLoadBalancerAttributesOutput {
  return { Attributes: attributeList(loadBalancerFor(ctx, arn).attributes) };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyLoadBalancerAttributes.html */
export function modifyLoadBalancerAttributes(
  { LoadBalancerArn: arn, Attributes: given = [] }: ModifyLoadBalancerAttributesInput,
  ctx: ElbContext,
): ModifyLoadBalancerAttributesOutput {
  const found = loadBalancerFor(ctx, arn);
  const attributes = attributesAfter(found.attributes, given);
  ctx.state.loadBalancers.store({ ...found, attributes });
  return { Attributes: attributeList(attributes) };
}

function view({ balancers }: ElbState, loadBalancer: LoadBalancer): LoadBalancerOutput {
  const { arn, name, port, scheme, subnets, securityGroups, createdAt } = loadBalancer;
  const isOpen = balancers?.isOpen(arn) ?? false;
  return {
    LoadBalancerArn: arn,
    DNSName: `127.0.0.1:${port}`,
    CanonicalHostedZoneId: NO_ZONE,
    CreatedTime: new Date(createdAt),
    LoadBalancerName: name,
    Scheme: scheme as 'internal',
    State: isOpen
      ? { Code: 'active' }
      : { Code: 'failed', Reason: `Port ${port} is taken by another program.` },
    Type: 'application',
    AvailabilityZones: subnets.map((SubnetId) => ({ SubnetId })),
    SecurityGroups: [...securityGroups],
    IpAddressType: 'ipv4',
  };
}
