import { randomBytes } from 'node:crypto';
import type { ElbContext } from './context.ts';
import {
  listenerMissing,
  loadBalancerMissing,
  targetGroupMissing,
  validationError,
} from './errors.ts';
import type { Listener, LoadBalancer, TargetGroup } from './state.ts';

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/;

/** "maximum of 32 characters … alphanumeric characters or hyphens". @throws ServiceError `ValidationError` */
export function checkName(kind: string, name: string): void {
  if (NAME.test(name) && !name.startsWith('internal-')) return;
  throw validationError(
    `${kind} name '${name}' must have 1 to 32 alphanumeric characters or hyphens, and not begin or end with a hyphen`,
  );
}

/** A new ARN. @param rest such as `targetgroup/name`. */
export function newArn({ account, region }: ElbContext, rest: string): string {
  const id = randomBytes(8).toString('hex');
  return `arn:aws:elasticloadbalancing:${region}:${account}:${rest}/${id}`;
}

/** @throws ServiceError `LoadBalancerNotFound` */
export function loadBalancerFor({ state }: ElbContext, arn = ''): LoadBalancer {
  const found = state.loadBalancers.get(arn);
  if (found === undefined) throw loadBalancerMissing(arn);
  return found;
}

/** @throws ServiceError `TargetGroupNotFound` */
export function targetGroupFor({ state }: ElbContext, arn = ''): TargetGroup {
  const found = state.targetGroups.get(arn);
  if (found === undefined) throw targetGroupMissing(arn);
  return found;
}

/** @throws ServiceError `ListenerNotFound` */
export function listenerFor({ state }: ElbContext, arn = ''): Listener {
  const found = state.listeners.get(arn);
  if (found === undefined) throw listenerMissing(arn);
  return found;
}
