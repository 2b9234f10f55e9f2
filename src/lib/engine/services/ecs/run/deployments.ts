import { randomBytes } from 'node:crypto';
import type { Deployment, EcsState, Service } from '../state.ts';
import { hasOwnDatabase } from '../task-definition/command.ts';

/** What a service has unless it says otherwise (`DeploymentConfiguration`), in percent of the desired count. */
const DEFAULTS = { minimumHealthyPercent: 100, maximumPercent: 200 } as const;

/** A deployment that begins. @param taskDefinition its ARN. */
export function newDeployment(taskDefinition: string, now: number): Deployment {
  const id = `ecs-svc/${BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString()
    .padStart(19, '0')
    .slice(0, 19)}`;
  return {
    id,
    taskDefinition,
    createdAt: now,
    updatedAt: now,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    failedTasks: 0,
  };
}

/** A service whose newest deployment is as given. */
export function withPrimary(service: Service, primary: Deployment): Service {
  return { ...service, deployments: [primary, ...service.deployments.slice(1)] };
}

/** How many tasks a service is to have, and how few and many it may have while it is changed. */
export function countsOf(
  { taskDefinitions }: Pick<EcsState, 'taskDefinitions'>,
  { desiredCount: desired, settings, deployments }: Service,
): { readonly desired: number; readonly least: number; readonly most: number } {
  const containers = deployments.flatMap(
    ({ taskDefinition }) => taskDefinitions.get(taskDefinition)?.input.containerDefinitions ?? [],
  );
  // One process at a time can have that database: the old one ends before the new one begins.
  if (containers.some(hasOwnDatabase)) return { desired, least: 0, most: desired };
  const { minimumHealthyPercent, maximumPercent } = {
    ...DEFAULTS,
    ...settings.deploymentConfiguration,
  };
  return {
    desired,
    least: Math.ceil((desired * minimumHealthyPercent) / 100),
    most: Math.max(desired, Math.floor((desired * maximumPercent) / 100)),
  };
}
