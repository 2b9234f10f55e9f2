import { type ApiGatewayContext, type ApiInput, isoNow } from '../context.ts';
import { conflict } from '../errors.ts';
import type { Deployment, HttpApi } from '../http-api.ts';
import { apiNamed, given, newId, partOf, without } from '../lookup.ts';
import { type Page, type PageInput, pageOf } from '../pages.ts';
import { storeApi } from '../state.ts';

interface DeploymentInput extends ApiInput {
  readonly deploymentId?: string;
  readonly description?: string;
  readonly stageName?: string;
}

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-deployments.html */
export function createDeployment(input: DeploymentInput, ctx: ApiGatewayContext): Deployment {
  const api = apiNamed(ctx, input.apiId);
  const { description, stageName } = input;
  const { routes, integrations } = api;
  const deploymentId = newId();
  const stage = stageName === undefined ? undefined : partOf('Stage', api.stages, stageName);
  const deployment = {
    deploymentId,
    deploymentStatus: 'DEPLOYED' as const,
    autoDeployed: false,
    createdDate: isoNow(ctx),
    ...given({ description }),
    routing: { routes, integrations },
  };
  storeApi(ctx.state, {
    ...api,
    deployments: { ...api.deployments, [deploymentId]: deployment },
    stages:
      stage === undefined
        ? api.stages
        : { ...api.stages, [stage.stageName]: { ...stage, deploymentId } },
  });
  return view(deployment);
}

function view({ routing: _, ...deployment }: HttpApi['deployments'][string]): Deployment {
  return deployment;
}

export function getDeployment(
  { apiId, deploymentId }: DeploymentInput,
  ctx: ApiGatewayContext,
): Deployment {
  return view(partOf('Deployment', apiNamed(ctx, apiId).deployments, deploymentId));
}

export function getDeployments(
  input: ApiInput & PageInput,
  ctx: ApiGatewayContext,
): Page<Deployment> {
  return pageOf(Object.values(apiNamed(ctx, input.apiId).deployments).map(view), input);
}

export function deleteDeployment(
  { apiId, deploymentId = '' }: DeploymentInput,
  ctx: ApiGatewayContext,
): void {
  const api = apiNamed(ctx, apiId);
  partOf('Deployment', api.deployments, deploymentId);
  if (Object.values(api.stages).some((stage) => stage.deploymentId === deploymentId)) {
    throw conflict('Active stages pointing to this deployment must be moved or deleted');
  }
  storeApi(ctx.state, { ...api, deployments: without(api.deployments, deploymentId) });
}
