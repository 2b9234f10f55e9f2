import type { CreateServiceRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs';
import { unsupported } from '../../errors.ts';
import type { EcsContext } from './context.ts';
import { invalid } from './errors.ts';
import type { ServiceSettings, TaskDefinition } from './state.ts';
import { hasOwnDatabase } from './task-definition/command.ts';

/** Members that the engine's services keep as they are given. */
const KEPT = [
  'loadBalancers',
  'deploymentConfiguration',
  'networkConfiguration',
  'healthCheckGracePeriodSeconds',
  'platformVersion',
  'capacityProviderStrategy',
  'enableECSManagedTags',
  'enableExecuteCommand',
  'propagateTags',
] as const satisfies readonly (keyof ServiceSettings)[];
const UNSUPPORTED = [
  'serviceRegistries',
  'placementConstraints',
  'placementStrategy',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
] as const;
const MAX_TASKS = 20;

/** What a request sets. */
export function settingsOf(input: CreateServiceRequest | UpdateServiceRequest): ServiceSettings {
  const given = input as ServiceSettings;
  return Object.fromEntries(
    KEPT.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
  );
}

/** What a service would be. */
interface Wanted {
  readonly settings: ServiceSettings;
  readonly definition: TaskDefinition;
  readonly desiredCount: number;
}

/** @throws ServiceError `InvalidParameterException`, `UnsupportedOperation` */
export function checkService(
  ctx: EcsContext,
  input: CreateServiceRequest | UpdateServiceRequest,
  { settings, definition, desiredCount }: Wanted,
): void {
  refuseUnsupported(input, settings);
  const { awsvpcConfiguration } = settings.networkConfiguration ?? {};
  if ((awsvpcConfiguration?.subnets ?? []).length === 0) {
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (!(desiredCount >= 0)) throw invalid('DesiredCount must not be negative.');
  if (desiredCount > MAX_TASKS) {
    throw invalid(
      `The local engine runs at most ${MAX_TASKS} tasks of a service, not ${desiredCount}.`,
    );
  }
  const { containerDefinitions: containers = [] } = definition.input;
  const own = containers.find(hasOwnDatabase);
  if (own !== undefined && desiredCount > 1) {
    throw invalid(
      `Container ${own.name} has no DATABASE_URL: its database is a folder that one task at a time can have. Set DATABASE_URL, or DesiredCount to 1.`,
    );
  }
  for (const { targetGroupArn = '', containerName, containerPort } of settings.loadBalancers ??
    []) {
    const container = containers.find(({ name }) => name === containerName);
    if (container === undefined) {
      throw invalid(`The container ${containerName} does not exist in the task definition.`);
    }
    if (!container.portMappings?.some((each) => each.containerPort === containerPort)) {
      throw invalid(
        `The container ${containerName} did not have a container port ${containerPort} defined.`,
      );
    }
    const problem = ctx.state.targets.problemOf(targetGroupArn);
    if (problem !== undefined) throw invalid(problem);
  }
}

function refuseUnsupported(
  input: CreateServiceRequest | UpdateServiceRequest,
  { deploymentConfiguration, capacityProviderStrategy = [] }: ServiceSettings,
): void {
  const given: CreateServiceRequest = { serviceName: '', ...input };
  const found = UNSUPPORTED.find((name) => (given[name] ?? []).length > 0);
  if (found !== undefined) throw unsupported(`${found} of services`);
  const { launchType = 'FARGATE', schedulingStrategy = 'REPLICA' } = given;
  if (launchType !== 'FARGATE') throw unsupported(`the launch type ${launchType}: FARGATE only`);
  const other = capacityProviderStrategy.find(
    ({ capacityProvider = '' }) => !capacityProvider.startsWith('FARGATE'),
  );
  if (other !== undefined) throw unsupported(`the capacity provider ${other.capacityProvider}`);
  if (schedulingStrategy !== 'REPLICA') throw unsupported(`services of ${schedulingStrategy}`);
  const { type = 'ECS' } = input.deploymentController ?? {};
  if (type !== 'ECS') throw unsupported(`the deployment controller ${type}`);
  if (input.serviceConnectConfiguration?.enabled === true) throw unsupported('Service Connect');
  const { strategy = 'ROLLING', alarms, lifecycleHooks = [] } = deploymentConfiguration ?? {};
  if (strategy !== 'ROLLING') throw unsupported(`the deployment strategy ${strategy}`);
  if (alarms?.enable === true) throw unsupported('alarms of deployments');
  if (lifecycleHooks.length > 0) throw unsupported('lifecycle hooks of deployments');
}
