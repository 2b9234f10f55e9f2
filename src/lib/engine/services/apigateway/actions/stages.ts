import { unsupported } from '../../../errors.ts';
import { type ApiGatewayContext, type ApiInput, isoNow } from '../context.ts';
import { badRequest, conflict } from '../errors.ts';
import { DEFAULT, type HttpApi, type Stage } from '../http-api.ts';
import { apiNamed, given, partOf, without } from '../lookup.ts';
import { type Page, type PageInput, pageOf } from '../pages.ts';
import { checkTags } from '../settings.ts';
import { storeApi } from '../state.ts';

interface StageInput extends ApiInput {
  readonly stageName?: string;
  readonly accessLogSettings?: object;
  readonly autoDeploy?: boolean;
  readonly clientCertificateId?: string;
  readonly defaultRouteSettings?: object;
  readonly deploymentId?: string;
  readonly description?: string;
  readonly routeSettings?: object;
  readonly stageVariables?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** "Stage names can contain only alphanumeric characters, hyphens, and underscores, or be $default." */
const NAME = /^(?:\$default|[A-Za-z0-9_-]{1,128})$/;
const VARIABLE = /^[A-Za-z0-9_]+$/;
const VALUE = /^[A-Za-z0-9\-._~:/?#&=,]*$/;

/** A stage without anything. @param now ISO 8601 */
export function newStage(stageName: string, now: string): Stage {
  return {
    stageName,
    autoDeploy: false,
    stageVariables: {},
    tags: {},
    createdDate: now,
    lastUpdatedDate: now,
  };
}

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html */
export function createStage(input: StageInput, ctx: ApiGatewayContext): Stage {
  const api = apiNamed(ctx, input.apiId);
  const { stageName = '', tags = {} } = input;
  if (!NAME.test(stageName)) {
    throw badRequest(
      `Stage name only allows a-zA-Z0-9_- and ${DEFAULT}, at most 128 characters: ${stageName}`,
    );
  }
  if (api.stages[stageName] !== undefined) throw conflict('Stage already exists');
  return put(ctx, api, input, { ...newStage(stageName, isoNow(ctx)), tags: checkTags(tags) });
}

function put(ctx: ApiGatewayContext, api: HttpApi, input: StageInput, before: Stage): Stage {
  const { autoDeploy, deploymentId, description, stageVariables } = input;
  const { accessLogSettings, defaultRouteSettings, routeSettings } = input;
  if (input.clientCertificateId !== undefined) throw unsupported('client certificates');
  if (deploymentId !== undefined) {
    if (autoDeploy ?? before.autoDeploy) {
      throw badRequest('Deployment ID cannot be set on stages where AutoDeploy is enabled');
    }
    partOf('Deployment', api.deployments, deploymentId);
  }
  checkVariables(stageVariables ?? {});
  const stage: Stage = {
    ...before,
    lastUpdatedDate: isoNow(ctx),
    ...given({
      accessLogSettings,
      autoDeploy,
      defaultRouteSettings,
      deploymentId,
      description,
      routeSettings,
      stageVariables,
    }),
  };
  storeApi(ctx.state, { ...api, stages: { ...api.stages, [stage.stageName]: stage } });
  return stage;
}

function checkVariables(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (VARIABLE.test(name) && VALUE.test(value)) continue;
    throw badRequest(
      `Invalid stage variable: ${name}. Names have letters, digits and _, and values A-Za-z0-9-._~:/?#&=,`,
    );
  }
}

export function getStage({ apiId, stageName }: StageInput, ctx: ApiGatewayContext): Stage {
  return partOf('Stage', apiNamed(ctx, apiId).stages, stageName);
}

export function getStages(input: ApiInput & PageInput, ctx: ApiGatewayContext): Page<Stage> {
  return pageOf(Object.values(apiNamed(ctx, input.apiId).stages), input);
}

export function updateStage(input: StageInput, ctx: ApiGatewayContext): Stage {
  const api = apiNamed(ctx, input.apiId);
  return put(ctx, api, input, partOf('Stage', api.stages, input.stageName));
}

export function deleteStage({ apiId, stageName = '' }: StageInput, ctx: ApiGatewayContext): void {
  const api = apiNamed(ctx, apiId);
  partOf('Stage', api.stages, stageName);
  storeApi(ctx.state, { ...api, stages: without(api.stages, stageName) });
}
