import type {
  DeleteFunctionEventInvokeConfigRequest,
  GetFunctionEventInvokeConfigRequest,
  ListFunctionEventInvokeConfigsRequest,
  PutFunctionEventInvokeConfigRequest,
} from '@aws-sdk/client-lambda';
import { targetFor } from '../authorize.ts';
import type { LambdaContext } from '../context.ts';
import { constraint, invalid, notFound } from '../errors.ts';
import type { EventInvokeConfig, LambdaFunction } from '../function.ts';
import { DEFAULT_MAX_AGE_SECONDS, DEFAULT_RETRIES } from '../invoke/event.ts';
import type { FunctionTarget } from '../lookup.ts';
import { pageOf } from '../pages.ts';
import { storeFunction } from '../state.ts';

const MIN_AGE_SECONDS = 60;
const DESTINATION = /^$|^arn:aws[a-z-]*:(?:sqs|sns|lambda):[a-z0-9-]+:\d{12}:.+$/;

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html */
export function putFunctionEventInvokeConfig(
  input: PutFunctionEventInvokeConfigRequest,
  ctx: LambdaContext,
) {
  const target = targetFor(
    ctx,
    'PutFunctionEventInvokeConfig',
    input.FunctionName,
    input.Qualifier,
  );
  return keep(ctx, target, input, defaults(qualifierOf(target)));
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionEventInvokeConfig.html */
export function updateFunctionEventInvokeConfig(
  input: PutFunctionEventInvokeConfigRequest,
  ctx: LambdaContext,
) {
  const target = targetFor(
    ctx,
    'UpdateFunctionEventInvokeConfig',
    input.FunctionName,
    input.Qualifier,
  );
  return keep(ctx, target, input, configNamed(target));
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html */
export function getFunctionEventInvokeConfig(
  input: GetFunctionEventInvokeConfigRequest,
  ctx: LambdaContext,
) {
  const target = targetFor(
    ctx,
    'GetFunctionEventInvokeConfig',
    input.FunctionName,
    input.Qualifier,
  );
  return view(target.fn, configNamed(target));
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionEventInvokeConfig.html */
export function deleteFunctionEventInvokeConfig(
  input: DeleteFunctionEventInvokeConfigRequest,
  ctx: LambdaContext,
): void {
  const target = targetFor(
    ctx,
    'DeleteFunctionEventInvokeConfig',
    input.FunctionName,
    input.Qualifier,
  );
  const gone = configNamed(target);
  const eventConfigs = target.fn.eventConfigs.filter((each) => each !== gone);
  storeFunction(ctx.state, { ...target.fn, eventConfigs });
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionEventInvokeConfigs.html */
export function listFunctionEventInvokeConfigs(
  input: ListFunctionEventInvokeConfigsRequest,
  ctx: LambdaContext,
) {
  const { fn } = targetFor(ctx, 'ListFunctionEventInvokeConfigs', input.FunctionName);
  const { items, ...page } = pageOf(fn.eventConfigs, input);
  return { FunctionEventInvokeConfigs: items.map((each) => view(fn, each)), ...page };
}

function defaults(qualifier: string): EventInvokeConfig {
  return {
    qualifier,
    retries: DEFAULT_RETRIES,
    maxAge: DEFAULT_MAX_AGE_SECONDS,
    onSuccess: '',
    onFailure: '',
    modifiedAt: 0,
  };
}

function qualifierOf({ fn, arn }: FunctionTarget): string {
  return arn === fn.arn ? '$LATEST' : arn.slice(fn.arn.length + 1);
}

/** @throws ServiceError `ResourceNotFoundException` */
function configNamed(target: FunctionTarget): EventInvokeConfig {
  const qualifier = qualifierOf(target);
  const config = target.fn.eventConfigs.find((each) => each.qualifier === qualifier);
  if (config === undefined) {
    throw notFound(`The function ${target.arn} doesn't have an EventInvokeConfig`);
  }
  return config;
}

function keep(
  ctx: LambdaContext,
  { fn }: FunctionTarget,
  input: PutFunctionEventInvokeConfigRequest,
  before: EventInvokeConfig,
) {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = input;
  const config: EventInvokeConfig = {
    ...before,
    retries: MaximumRetryAttempts ?? before.retries,
    maxAge: MaximumEventAgeInSeconds ?? before.maxAge,
    onSuccess: DestinationConfig?.OnSuccess?.Destination ?? before.onSuccess,
    onFailure: DestinationConfig?.OnFailure?.Destination ?? before.onFailure,
    modifiedAt: ctx.clock.timestamp(),
  };
  inRange('maximumRetryAttempts', config.retries, 0, DEFAULT_RETRIES);
  inRange('maximumEventAgeInSeconds', config.maxAge, MIN_AGE_SECONDS, DEFAULT_MAX_AGE_SECONDS);
  for (const arn of [config.onSuccess, config.onFailure]) {
    if (!DESTINATION.test(arn) || arn.endsWith('.fifo')) {
      throw invalid(`The provided destination config DestinationConfig(${arn}) is invalid.`);
    }
  }
  const others = fn.eventConfigs.filter(({ qualifier }) => qualifier !== config.qualifier);
  storeFunction(ctx.state, { ...fn, eventConfigs: [...others, config] });
  return view(fn, config);
}

function inRange(member: string, value: number, least: number, most: number): void {
  if (value < least)
    throw constraint(member, value, `have value greater than or equal to ${least}`);
  if (value > most) throw constraint(member, value, `have value less than or equal to ${most}`);
}

/** Times are seconds, as the REST protocol writes them. */
function view({ arn }: LambdaFunction, config: EventInvokeConfig) {
  const { onSuccess, onFailure } = config;
  return {
    LastModified: config.modifiedAt / 1000,
    FunctionArn: `${arn}:${config.qualifier}`,
    MaximumRetryAttempts: config.retries,
    MaximumEventAgeInSeconds: config.maxAge,
    DestinationConfig: {
      OnSuccess: onSuccess === '' ? {} : { Destination: onSuccess },
      OnFailure: onFailure === '' ? {} : { Destination: onFailure },
    },
  };
}
