import type {
  Action,
  CreateListenerInput,
  CreateListenerOutput,
  DeleteListenerInput,
  DescribeListenersInput,
  DescribeListenersOutput,
  Listener as ListenerOutput,
  ModifyListenerInput,
  ModifyListenerOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { unsupported } from '../../../errors.ts';
import type { ElbContext } from '../context.ts';
import { invalidConfiguration, validationError } from '../errors.ts';
import { listenerFor, loadBalancerFor, newArn, targetGroupFor } from '../lookup.ts';
import type { Listener } from '../state.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html */
export function createListener(input: CreateListenerInput, ctx: ElbContext): CreateListenerOutput {
  const loadBalancer = loadBalancerFor(ctx, input.LoadBalancerArn);
  const { Port: port, Tags: tags = [] } = input;
  if (port === undefined || port < 1 || port > 65_535) {
    throw validationError('A port must be specified, from 1 to 65535');
  }
  const others = ctx.state.listeners
    .of(ctx)
    .filter(({ loadBalancerArn }) => loadBalancerArn === loadBalancer.arn);
  // Its name is the address of one port of this machine.
  if (others.length > 0) throw unsupported('a second listener of a load balancer');
  checkProtocol(input);
  const [, path = ''] = loadBalancer.arn.split(':loadbalancer/');
  const listener: Listener = {
    arn: newArn(ctx, `listener/${path}`),
    account: ctx.account,
    region: ctx.region,
    loadBalancerArn: loadBalancer.arn,
    port,
    actions: actionsOf(ctx, input.DefaultActions),
    tags,
  };
  ctx.state.listeners.store(listener);
  return { Listeners: [view(listener)] };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html */
export function modifyListener(input: ModifyListenerInput, ctx: ElbContext): ModifyListenerOutput {
  const found = listenerFor(ctx, input.ListenerArn);
  checkProtocol(input);
  const { DefaultActions: given, Port: port = found.port } = input;
  const actions = given === undefined ? found.actions : actionsOf(ctx, given);
  const listener: Listener = { ...found, port, actions };
  ctx.state.listeners.store(listener);
  return { Listeners: [view(listener)] };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteListener.html */
export function deleteListener({ ListenerArn: arn }: DeleteListenerInput, ctx: ElbContext): void {
  ctx.state.listeners.drop(listenerFor(ctx, arn));
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListeners.html */
export function describeListeners(
  { ListenerArns: arns, LoadBalancerArn: of }: DescribeListenersInput,
  ctx: ElbContext,
): DescribeListenersOutput {
  if (arns === undefined && of === undefined) {
    throw validationError('Either listener ARNs or a load balancer ARN must be specified');
  }
  if (of !== undefined) loadBalancerFor(ctx, of);
  for (const arn of arns ?? []) listenerFor(ctx, arn);
  const asked = ctx.state.listeners
    .of(ctx)
    .filter(
      ({ arn, loadBalancerArn }) =>
        (arns?.includes(arn) ?? true) && (of === undefined || loadBalancerArn === of),
    );
  return { Listeners: asked.map(view) };
}

/** The content types of fixed responses, the one without which first (`FixedResponseActionConfig`). */
const FIXED_MEDIA: readonly [string, ...string[]] = [
  'text/plain',
  'text/css',
  'text/html',
  'application/javascript',
  'application/json',
];

function checkProtocol(input: CreateListenerInput | ModifyListenerInput): void {
  const { Protocol: protocol = 'HTTP', Certificates: certificates = [] } = input;
  if (protocol !== 'HTTP' || certificates.length > 0) {
    throw unsupported(
      `listeners of the protocol ${protocol}: HTTP only, there are no certificates`,
    );
  }
}

/** What a listener does, with the group that it leads to in one place. */
function actionsOf(ctx: ElbContext, given: readonly Action[] = []): Action[] {
  const [action, ...more] = given;
  if (action === undefined) throw validationError('A default action must be specified');
  if (more.length > 0) throw unsupported('several default actions');
  const { Type: type, FixedResponseConfig: fixed, ForwardConfig: forward } = action;
  if (type === 'fixed-response') {
    if (!/^[245]\d\d$/.test(fixed?.StatusCode ?? '')) {
      throw invalidConfiguration('A fixed response must have a status code of 2XX, 4XX or 5XX');
    }
    const { ContentType: media = FIXED_MEDIA[0] } = fixed ?? {};
    if (!FIXED_MEDIA.includes(media)) {
      throw invalidConfiguration(
        `The content type '${media}' of a fixed response must be one of ${FIXED_MEDIA.join(', ')}`,
      );
    }
    return [action];
  }
  if (type !== 'forward') throw unsupported(`the action ${type} of listeners`);
  const groups = forward?.TargetGroups?.map(({ TargetGroupArn }) => TargetGroupArn) ?? [];
  const [group = action.TargetGroupArn, ...others] = groups;
  if (others.length > 0) throw unsupported('several target groups of an action');
  return [{ Type: type, TargetGroupArn: targetGroupFor(ctx, group).arn }];
}

function view({ arn, loadBalancerArn, port, actions }: Listener): ListenerOutput {
  return {
    ListenerArn: arn,
    LoadBalancerArn: loadBalancerArn,
    Port: port,
    Protocol: 'HTTP',
    DefaultActions: [...actions],
  };
}
