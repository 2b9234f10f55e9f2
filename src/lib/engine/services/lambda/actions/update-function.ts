import { randomUUID } from 'node:crypto';
import type {
  FunctionConfiguration,
  UpdateFunctionCodeRequest,
  UpdateFunctionConfigurationRequest,
} from '@aws-sdk/client-lambda';
import { functionFor } from '../authorize.ts';
import { takeCode } from '../code/take.ts';
import { configurationOf, UPDATING } from '../configuration.ts';
import type { LambdaContext } from '../context.ts';
import { outdatedRevision } from '../errors.ts';
import type { FunctionVersion, LambdaFunction } from '../function.ts';
import { changeSettings } from '../settings.ts';
import { storeFunction, sweepCodeLater } from '../state.ts';
import { publish } from '../versions.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html */
export async function updateFunctionCode(
  input: UpdateFunctionCodeRequest,
  ctx: LambdaContext,
): Promise<FunctionConfiguration> {
  const { state } = ctx;
  checkRevision(functionFor(ctx, 'UpdateFunctionCode', input.FunctionName), input.RevisionId);
  const code = await takeCode(state.code, input, ctx.sourceIp);
  // Taking the code takes time: the function may have gone or changed.
  const fn = functionFor(ctx, 'UpdateFunctionCode', input.FunctionName);
  const architecture = input.Architectures?.[0] ?? fn.latest.architecture;
  const changed = changeLatest(fn, { code, architecture }, ctx.clock.timestamp());
  if (input.DryRun) {
    sweepCodeLater(state);
    return configurationOf(changed, changed.latest, changed.arn);
  }
  const { after, version } = input.Publish
    ? publish(changed, ctx.clock.timestamp())
    : { after: changed, version: changed.latest };
  storeFunction(state, after);
  state.environments.retire(`${fn.arn}:$LATEST`);
  sweepCodeLater(state);
  const arn = input.Publish ? `${fn.arn}:${version.version}` : fn.arn;
  return { ...configurationOf(after, version, arn), ...UPDATING };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html */
export function updateFunctionConfiguration(
  input: UpdateFunctionConfigurationRequest,
  ctx: LambdaContext,
): FunctionConfiguration {
  const { state } = ctx;
  const fn = functionFor(ctx, 'UpdateFunctionConfiguration', input.FunctionName);
  checkRevision(fn, input.RevisionId);
  const settings = changeSettings(fn.latest, input);
  const after = changeLatest(fn, settings, ctx.clock.timestamp());
  storeFunction(state, after);
  state.environments.retire(`${fn.arn}:$LATEST`);
  return { ...configurationOf(after, after.latest, fn.arn), ...UPDATING };
}

/** @throws ServiceError `PreconditionFailedException` */
export function checkRevision({ latest }: LambdaFunction, revisionId: string | undefined): void {
  if (revisionId !== undefined && revisionId !== latest.revisionId) throw outdatedRevision();
}

function changeLatest(
  fn: LambdaFunction,
  change: Partial<FunctionVersion>,
  modifiedAt: number,
): LambdaFunction {
  return { ...fn, latest: { ...fn.latest, ...change, modifiedAt, revisionId: randomUUID() } };
}
