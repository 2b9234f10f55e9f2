import { Closing } from '../../closing.ts';
import type { EngineParts } from '../../parts.ts';
import type { TargetPort } from '../../ports.ts';
import { KeptResources } from '../kept-resources.ts';
import type { Balancers, Leads } from './serve/balancers.ts';
import type { ElbState } from './state.ts';

/** Seconds that a connection may be idle: "the default is 60 seconds". */
const IDLE_SECONDS = 60;

/** The state that the journal holds; empty at the first start. Load balancers listen where they did. */
export function createElbState(parts: EngineParts): ElbState {
  const { journal } = parts;
  const state: ElbState = {
    parts,
    loadBalancers: new KeptResources(journal, 'elb.load-balancers'),
    targetGroups: new KeptResources(journal, 'elb.target-groups'),
    listeners: new KeptResources(journal, 'elb.listeners'),
    balancers: undefined,
    closed: new Closing(),
  };
  if (state.loadBalancers.size > 0) void openAll(state);
  return state;
}

async function openAll(state: ElbState): Promise<void> {
  const balancers = await balancersOf(state);
  for (const { arn, port } of state.loadBalancers.values()) void balancers.open(arn, port);
}

/** What listens; it is loaded and made with the first load balancer. */
export async function balancersOf(state: ElbState): Promise<Balancers> {
  const { Balancers } = await import('./serve/balancers.ts');
  state.balancers ??= new Balancers((arn) => leadsOf(state, arn));
  if (state.closed.aborted) state.balancers.closeAll();
  return state.balancers;
}

function leadsOf({ listeners, loadBalancers }: ElbState, arn: string): Leads | undefined {
  const listener = [...listeners.values()].find(({ loadBalancerArn }) => loadBalancerArn === arn);
  const [action] = listener?.actions ?? [];
  if (listener === undefined || action === undefined) return undefined;
  const { FixedResponseConfig: fixed, TargetGroupArn: group = '' } = action;
  if (fixed !== undefined) {
    const { StatusCode, ContentType: type = 'text/plain', MessageBody: body = '' } = fixed;
    return { kind: 'fixed', status: Number(StatusCode), type, body };
  }
  const idle = loadBalancers.get(arn)?.attributes['idle_timeout.timeout_seconds'] ?? IDLE_SECONDS;
  return { kind: 'forward', group, port: listener.port, idleMs: Number(idle) * 1000 };
}

/** Listens no more. */
export function closeElb(state: ElbState): void {
  state.closed.abort();
  state.balancers?.closeAll();
}

/** Load balancers, as tasks see them. */
export function targetPort(state: ElbState): TargetPort {
  return {
    problemOf(arn) {
      if (!state.targetGroups.has(arn)) return 'The specified target group does not exist.';
      const isUsed = [...state.listeners.values()].some(({ actions }) =>
        actions.some(({ TargetGroupArn }) => TargetGroupArn === arn),
      );
      return isUsed
        ? undefined
        : `The target group with targetGroupArn ${arn} does not have an associated load balancer.`;
    },
    register(arn, target) {
      const group = state.targetGroups.get(arn);
      if (group === undefined) return;
      if (state.balancers !== undefined) state.balancers.targetsOf(arn).register(group, target);
      else void balancersOf(state).then((all) => all.targetsOf(arn).register(group, target));
    },
    async deregister(arn, target) {
      const group = state.targetGroups.get(arn);
      if (group !== undefined) await state.balancers?.targetsOf(arn).deregister(group, target);
    },
    healthOf: (arn, target) => state.balancers?.targetsOf(arn).healthOf(target),
  };
}
