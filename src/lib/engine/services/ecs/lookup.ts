import { listPage } from '../list-page.ts';
import type { EcsContext } from './context.ts';
import {
  clientError,
  clusterMissing,
  invalid,
  serviceMissing,
  serviceNotActive,
} from './errors.ts';
import type { Cluster, Service, TaskDefinition } from './state.ts';

const NAME = /^[\w-]{1,255}$/;
const PAGE = 100;

/** @param kind of what is named, such as `Cluster`. @throws ServiceError `InvalidParameterException` */
export function checkName(kind: string, name: string): void {
  if (NAME.test(name)) return;
  throw invalid(`Invalid identifier: ${kind} name must match ${NAME.source.slice(1, -1)}`);
}

/** `arn:aws:ecs:<region>:<account>:` and what follows. */
export function ownArn(
  { account, region }: Pick<EcsContext, 'account' | 'region'>,
  rest: string,
): string {
  return `arn:aws:ecs:${region}:${account}:${rest}`;
}

/** The cluster of that name or ARN; the one called `default` where none is named. */
export function findCluster(ctx: EcsContext, nameOrArn = 'default'): Cluster | undefined {
  const arn = nameOrArn.startsWith('arn:') ? nameOrArn : ownArn(ctx, `cluster/${nameOrArn}`);
  return ctx.state.clusters.get(arn);
}

/** @throws ServiceError `ClusterNotFoundException` */
export function clusterFor(ctx: EcsContext, nameOrArn: string | undefined): Cluster {
  const found = findCluster(ctx, nameOrArn);
  if (found === undefined) throw clusterMissing();
  return found;
}

/** The services of a cluster. */
export function servicesOf({ state }: EcsContext, { arn }: Cluster): Service[] {
  return [...state.services.values()].filter(({ clusterArn }) => clusterArn === arn);
}

/** A service of a cluster by its name or ARN. */
export function findService(
  ctx: EcsContext,
  cluster: Cluster,
  nameOrArn: string,
): Service | undefined {
  return servicesOf(ctx, cluster).find(({ arn, name }) => arn === nameOrArn || name === nameOrArn);
}

/** @throws ServiceError `ServiceNotFoundException`, `ServiceNotActiveException` */
export function activeServiceFor(ctx: EcsContext, cluster: Cluster, nameOrArn = ''): Service {
  const found = findService(ctx, cluster, nameOrArn);
  if (found === undefined) throw serviceMissing();
  if (found.status !== 'ACTIVE') throw serviceNotActive();
  return found;
}

/** A task definition by its ARN, `family:revision`, or `family` for the newest active one. @throws ServiceError */
export function taskDefinitionFor(ctx: EcsContext, name = ''): TaskDefinition {
  const { taskDefinitions } = ctx.state;
  const isLatest = !/:\d+$/.test(name);
  const arn = name.startsWith('arn:') ? name : ownArn(ctx, `task-definition/${name}`);
  const found = isLatest
    ? [...taskDefinitions.values()]
        .filter((each) => each.arn.startsWith(`${arn}:`) && each.deregisteredAt === 0)
        .reduce<TaskDefinition | undefined>(
          (newest, each) => (each.revision > (newest?.revision ?? 0) ? each : newest),
          undefined,
        )
    : taskDefinitions.get(arn);
  if (found === undefined) throw clientError('Unable to describe task definition.');
  return found;
}

/** One page of a list. @throws ServiceError `InvalidParameterException` for a token of another list */
export function pageOf<Item>(
  all: readonly Item[],
  { nextToken, maxResults = PAGE }: { readonly nextToken?: string; readonly maxResults?: number },
): { readonly items: readonly Item[]; readonly nextToken?: string } {
  const size = Math.min(PAGE, Math.max(1, maxResults));
  const { items, next } = listPage(all, size, nextToken, () => invalid('Invalid token.'));
  return next === undefined ? { items } : { items, nextToken: next };
}
