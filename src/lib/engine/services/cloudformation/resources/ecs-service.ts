import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '@aws-sdk/client-ecs';
import { ServiceError } from '../../../errors.ts';
import type { Properties } from './check-properties.ts';
import { ecsTags, retagEcs } from './ecs-cluster.ts';
import { lowerNames } from './lower-names.ts';
import type { Made, ResourceContext, ResourceType } from './resource-type.ts';
import { TAGS } from './tags.ts';
import { differs, text, unless } from './values.ts';

const MAX_NAME = 255;
const POLL_INTERVAL_MS = 100;
/** How long AWS waits for a service to become steady, in milliseconds. */
const STEADY_WAIT_MS = 3 * 3600 * 1000;
const GONE = ['ClusterNotFoundException', 'ServiceNotFoundException', 'ServiceNotActiveException'];
/** What a change of makes a new deployment, so that it is told only where it differs. */
const REDEPLOYING = ['LoadBalancers', 'NetworkConfiguration'];
/** What a setting goes back to that the template no longer has. */
const DEFAULTS: Readonly<Record<string, object | number>> = {
  deploymentConfiguration: {},
  loadBalancers: [],
  healthCheckGracePeriodSeconds: 0,
};

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html */
export const ecsService: ResourceType = {
  table: {
    properties: {
      AvailabilityZoneRebalancing: 'string',
      CapacityProviderStrategy: [
        { Base: 'integer', CapacityProvider: 'string', Weight: 'integer' },
      ],
      Cluster: 'string',
      DeploymentConfiguration: {
        Alarms: { AlarmNames: ['string'], Enable: 'boolean', Rollback: 'boolean' },
        BakeTimeInMinutes: 'integer',
        CanaryConfiguration: 'json',
        DeploymentCircuitBreaker: { Enable: 'boolean', Rollback: 'boolean' },
        LifecycleHooks: 'json',
        LinearConfiguration: 'json',
        MaximumPercent: 'integer',
        MinimumHealthyPercent: 'integer',
        Strategy: 'string',
      },
      DeploymentController: { Type: 'string' },
      DesiredCount: 'integer',
      EnableECSManagedTags: 'boolean',
      EnableExecuteCommand: 'boolean',
      ForceNewDeployment: 'json',
      HealthCheckGracePeriodSeconds: 'integer',
      LaunchType: 'string',
      LoadBalancers: [
        {
          AdvancedConfiguration: 'json',
          ContainerName: 'string',
          ContainerPort: 'integer',
          LoadBalancerName: 'string',
          TargetGroupArn: 'string',
        },
      ],
      Monitoring: 'json',
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          AssignPublicIp: 'string',
          SecurityGroups: ['string'],
          Subnets: ['string'],
        },
      },
      PlacementConstraints: 'json',
      PlacementStrategies: 'json',
      PlatformVersion: 'string',
      PropagateTags: 'string',
      Role: 'string',
      SchedulingStrategy: 'string',
      ServiceConnectConfiguration: 'json',
      ServiceName: 'string',
      ServiceRegistries: 'json',
      Tags: TAGS,
      TaskDefinition: 'string',
      VolumeConfigurations: 'json',
      VpcLatticeConfigurations: 'json',
    },
    required: [],
    replacing: [
      'Cluster',
      'DeploymentController',
      'LaunchType',
      'Role',
      'SchedulingStrategy',
      'ServiceName',
    ],
    name: 'ServiceName',
  },
  attributes: ['Name', 'ServiceArn'],
  isSlow: true,
  async create(properties, context) {
    const serviceName = text(properties, 'ServiceName') ?? context.generatedName(MAX_NAME);
    const cluster = text(properties, 'Cluster');
    const begun = context.resumed
      ? await unless(describe(context, cluster, serviceName), ...GONE)
      : undefined;
    const service =
      begun ??
      (
        await context.call<{ readonly service: Service }>('ecs', 'CreateService', {
          ...settingsOf(properties),
          serviceName,
          tags: ecsTags(properties, context),
        })
      ).service;
    const { serviceArn = '' } = service;
    const made: Made = {
      physicalId: serviceArn,
      attributes: { Name: serviceName, ServiceArn: serviceArn },
    };
    context.made(made);
    await steady(properties, serviceArn, context);
    return made;
  },
  async update(properties, current, context) {
    const { physicalId: service, properties: before } = current;
    const { Tags: _, ...changed } = properties;
    const names = [...Object.keys(changed), ...Object.keys(before)].filter(
      (each) => each !== 'Tags',
    );
    if (differs(properties, before, names)) {
      await context.call('ecs', 'UpdateService', {
        ...settingsOf(properties, before),
        ...(differs(properties, before, ['ForceNewDeployment'])
          ? { forceNewDeployment: true }
          : {}),
        service,
      });
      await steady(properties, service, context);
    }
    await retagEcs(properties, before, service, context);
    return current;
  },
  async remove({ physicalId: service, properties }, context) {
    const cluster = text(properties, 'Cluster');
    await unless(context.call('ecs', 'DeleteService', { cluster, service, force: true }), ...GONE);
    while ((await unless(describe(context, cluster, service), ...GONE)) !== undefined) {
      await sleep(POLL_INTERVAL_MS, undefined, { signal: context.closed, ref: false });
    }
  },
};

function settingsOf(properties: Properties, before: Properties = {}): Record<string, unknown> {
  const {
    Tags: _,
    ServiceName: __,
    ForceNewDeployment: ___,
    PlacementStrategies,
    ...rest
  } = properties;
  const isUpdate = Object.keys(before).length > 0;
  const told = Object.entries(rest).filter(
    ([name]) => !(isUpdate && REDEPLOYING.includes(name) && !differs(properties, before, [name])),
  );
  const { properties: table } = ecsService.table;
  const input = lowerNames(properties, table);
  const gone = Object.keys(lowerNames(before, table)).filter(
    (name) => !(name in input) && name in DEFAULTS,
  );
  return {
    ...Object.fromEntries(gone.map((name) => [name, DEFAULTS[name]])),
    ...lowerNames(Object.fromEntries(told), table),
    ...(PlacementStrategies === undefined ? {} : { placementStrategy: PlacementStrategies }),
  };
}

async function describe(
  context: ResourceContext,
  cluster: string | undefined,
  service: string,
): Promise<Service | undefined> {
  const input = { ...(cluster === undefined ? {} : { cluster }), services: [service] };
  const { services } = await context.call<{ readonly services: readonly Service[] }>(
    'ecs',
    'DescribeServices',
    input,
  );
  return services[0];
}

/**
 * Waits until the deployment of a service's task definition is completed.
 *
 * @throws ServiceError where its circuit breaker gives it up, or it takes longer than AWS waits
 */
async function steady(properties: Properties, service: string, context: ResourceContext) {
  const deadline = performance.now() + STEADY_WAIT_MS;
  const wanted = text(properties, 'TaskDefinition');
  while (performance.now() < deadline) {
    const found = await describe(context, text(properties, 'Cluster'), service);
    const [primary] = found?.deployments ?? [];
    const isOther = wanted?.startsWith('arn:') === true && primary?.taskDefinition !== wanted;
    if (isOther || primary?.rolloutState === 'FAILED') {
      throw circuitBroken(primary?.rolloutStateReason ?? '');
    }
    const isThere = found?.runningCount === found?.desiredCount;
    if (primary?.rolloutState === 'COMPLETED' && isThere) return;
    await sleep(POLL_INTERVAL_MS, undefined, { signal: context.closed, ref: false });
  }
  throw new ServiceError('NotStabilized', `Service ${service} did not stabilize.`);
}

function circuitBroken(reason: string): ServiceError {
  const cause = reason.replace(/^ECS deployment circuit breaker: /, '');
  return new ServiceError(
    'GeneralServiceException',
    `Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'. ${cause}`,
  );
}
