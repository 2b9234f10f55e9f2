import { randomUUID } from 'node:crypto';
import type { CreateFunctionRequest, FunctionConfiguration } from '@aws-sdk/client-lambda';
import { addressForNew } from '../authorize.ts';
import { takeCode } from '../code/take.ts';
import { CREATING, configurationOf } from '../configuration.ts';
import type { LambdaContext } from '../context.ts';
import { conflict } from '../errors.ts';
import type { LambdaFunction } from '../function.ts';
import { changeSettings, DEFAULTS } from '../settings.ts';
import { storeFunction } from '../state.ts';
import { checkTags } from '../tags.ts';
import { publish } from '../versions.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
export async function createFunction(
  input: CreateFunctionRequest,
  ctx: LambdaContext,
): Promise<FunctionConfiguration> {
  const { state } = ctx;
  const { name, arn } = addressForNew(ctx, input.FunctionName);
  checkIsNew(ctx, name, arn);
  const settings = changeSettings(DEFAULTS, input);
  const tags = checkTags(input.Tags ?? {});
  const code = await takeCode(state.code, input.Code ?? {}, ctx.sourceIp);
  // Taking the code takes time: another call may have been faster.
  checkIsNew(ctx, name, arn);
  const [, , , region = ctx.region, account = ctx.account] = arn.split(':');
  const fn: LambdaFunction = {
    name,
    arn,
    account,
    region,
    latest: {
      ...settings,
      version: '$LATEST',
      code,
      modifiedAt: ctx.clock.timestamp(),
      revisionId: randomUUID(),
    },
    published: [],
    nextVersion: 1,
    aliases: [],
    statements: [],
    policyRevisionId: randomUUID(),
    tags,
    reserved: null,
    eventConfigs: [],
  };
  const { after, version } = input.Publish
    ? publish(fn, ctx.clock.timestamp())
    : { after: fn, version: fn.latest };
  storeFunction(state, after);
  const shown = input.Publish ? `${arn}:${version.version}` : arn;
  return { ...configurationOf(after, version, shown), ...CREATING };
}

function checkIsNew({ state }: LambdaContext, name: string, arn: string): void {
  if (state.functions.has(arn)) throw conflict(`Function already exist: ${name}`);
}
