import type {
  CreateServiceRequest,
  CreateServiceResponse,
  DeleteServiceRequest,
  DeleteServiceResponse,
  DescribeServicesRequest,
  DescribeServicesResponse,
  ListServicesRequest,
  ListServicesResponse,
  UpdateServiceRequest,
  UpdateServiceResponse,
} from '@aws-sdk/client-ecs';
import type { EcsContext } from '../context.ts';
import { run } from '../create-state.ts';
import { invalid } from '../errors.ts';
import {
  activeServiceFor,
  checkName,
  clusterFor,
  findService,
  ownArn,
  pageOf,
  servicesOf,
  taskDefinitionFor,
} from '../lookup.ts';
import { newDeployment } from '../run/deployments.ts';
import { checkService, settingsOf } from '../service-settings.ts';
import type { Service } from '../state.ts';
import { serviceView } from '../views.ts';

const MAX_DESCRIBED = 10;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
export async function createService(
  input: CreateServiceRequest,
  ctx: EcsContext,
): Promise<CreateServiceResponse> {
  const { serviceName: name = '', taskDefinition, desiredCount = 1, tags = [] } = input;
  const cluster = clusterFor(ctx, input.cluster);
  checkName('Service', name);
  if (findService(ctx, cluster, name) !== undefined) {
    throw invalid('Creation of service was not idempotent.');
  }
  const definition = taskDefinitionFor(ctx, taskDefinition);
  const settings = settingsOf(input);
  checkService(ctx, input, { settings, definition, desiredCount });
  const now = ctx.clock.timestamp();
  const service: Service = {
    arn: ownArn(ctx, `service/${cluster.name}/${name}`),
    name,
    clusterArn: cluster.arn,
    account: ctx.account,
    region: ctx.region,
    createdAt: now,
    tags,
    status: 'ACTIVE',
    desiredCount,
    settings,
    deployments: [newDeployment(definition.arn, now)],
    completed: null,
  };
  ctx.state.services.store(service);
  await run(ctx.state, service);
  return { service: serviceView(ctx.state, service, true) };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
export async function updateService(
  input: UpdateServiceRequest,
  ctx: EcsContext,
): Promise<UpdateServiceResponse> {
  const cluster = clusterFor(ctx, input.cluster);
  const found = activeServiceFor(ctx, cluster, input.service);
  const [primary] = found.deployments;
  const definition = taskDefinitionFor(ctx, input.taskDefinition ?? primary?.taskDefinition);
  const { desiredCount = found.desiredCount } = input;
  const settings = { ...found.settings, ...settingsOf(input) };
  checkService(ctx, input, { settings, definition, desiredCount });
  const isNew =
    input.forceNewDeployment === true ||
    definition.arn !== primary?.taskDefinition ||
    input.networkConfiguration !== undefined ||
    input.loadBalancers !== undefined;
  const now = ctx.clock.timestamp();
  const service: Service = {
    ...found,
    settings,
    desiredCount,
    deployments: isNew
      ? [newDeployment(definition.arn, now), ...found.deployments]
      : found.deployments,
  };
  ctx.state.services.store(service);
  await run(ctx.state, service);
  return { service: serviceView(ctx.state, service, true) };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html */
export async function deleteService(
  { cluster: name, service: named, force }: DeleteServiceRequest,
  ctx: EcsContext,
): Promise<DeleteServiceResponse> {
  const found = activeServiceFor(ctx, clusterFor(ctx, name), named);
  if (found.desiredCount > 0 && force !== true) {
    throw invalid('The service cannot be stopped while it is scaled above 0.');
  }
  const service: Service = { ...found, status: 'DRAINING', desiredCount: 0 };
  ctx.state.services.store(service);
  await run(ctx.state, service);
  return { service: serviceView(ctx.state, service, true) };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html */
export function describeServices(
  { cluster: name, services = [], include = [] }: DescribeServicesRequest,
  ctx: EcsContext,
): DescribeServicesResponse {
  const cluster = clusterFor(ctx, name);
  if (services.length === 0) throw invalid('Services cannot be empty.');
  if (services.length > MAX_DESCRIBED) {
    throw invalid(`Services cannot have more than ${MAX_DESCRIBED} elements.`);
  }
  const found = services.map((each) => [each, findService(ctx, cluster, each)] as const);
  return {
    services: found.flatMap(([, service]) =>
      service === undefined ? [] : serviceView(ctx.state, service, include.includes('TAGS')),
    ),
    failures: found.flatMap(([each, service]) => {
      if (service !== undefined) return [];
      const arn = each.startsWith('arn:') ? each : ownArn(ctx, `service/${cluster.name}/${each}`);
      return { arn, reason: 'MISSING' };
    }),
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html */
export function listServices(input: ListServicesRequest, ctx: EcsContext): ListServicesResponse {
  const services = servicesOf(ctx, clusterFor(ctx, input.cluster));
  const { items, nextToken } = pageOf(services, input);
  return { serviceArns: items.map(({ arn }) => arn), nextToken };
}
