import { randomUUID } from 'node:crypto';
import type {
  CreateEventSourceMappingRequest,
  DeleteEventSourceMappingRequest,
  GetEventSourceMappingRequest,
  ListEventSourceMappingsRequest,
  UpdateEventSourceMappingRequest,
} from '@aws-sdk/client-lambda';
import { unsupported } from '../../../errors.ts';
import type { QueueFacts } from '../../../ports.ts';
import { reachableAddress } from '../address.ts';
import { targetFor } from '../authorize.ts';
import type { LambdaContext } from '../context.ts';
import { conflict, invalid, notFound } from '../errors.ts';
import type { FunctionTarget } from '../lookup.ts';
import { type EventSourceMapping, mappingView } from '../mapping/mapping.ts';
import { changeMappingSettings, checkAgainstQueue, MAPPING_DEFAULTS } from '../mapping/settings.ts';
import { dropMapping, problemOf, storeMapping } from '../mapping/state.ts';
import { pageOf } from '../pages.ts';
import { checkTags } from '../tags.ts';

type MappingAnswer = ReturnType<typeof mappingView>;

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
export function createEventSourceMapping(
  input: CreateEventSourceMappingRequest,
  ctx: LambdaContext,
): MappingAnswer {
  const { state } = ctx;
  const queueArn = queueArnOf(input.EventSourceArn);
  if (input.StartingPosition !== undefined) {
    throw invalid('StartingPosition is not valid for SQS event sources.');
  }
  const target = targetFor(ctx, 'CreateEventSourceMapping', input.FunctionName);
  const settings = changeMappingSettings(MAPPING_DEFAULTS, input);
  checkAgainstQueue(settings, queueFacts(ctx, queueArn), target.version);
  checkIsOnly(ctx, queueArn, target);
  checkRole(ctx, queueArn, target);
  const mapping: EventSourceMapping = {
    ...settings,
    uuid: randomUUID(),
    account: target.fn.account,
    region: target.fn.region,
    queueArn,
    functionArn: target.arn,
    tags: checkTags(input.Tags ?? {}),
    modifiedAt: ctx.clock.timestamp(),
  };
  storeMapping(state, mapping);
  return mappingView(mapping, 'Creating');
}

/** What a mapping does as its function's role ("Using Lambda with Amazon SQS", execution role permissions). */
const OF_POLLERS = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];

/** @throws ServiceError `InvalidParameterValueException` where the role may not take from the queue. */
function checkRole(
  { state }: LambdaContext,
  queueArn: string,
  { fn, version }: FunctionTarget,
): void {
  const missing = OF_POLLERS.find(
    (action) => !state.roles.mayUseQueue(version.role, fn.name, action, queueArn),
  );
  if (missing === undefined) return;
  throw invalid(`The provided execution role does not have permissions to call ${missing} on SQS`);
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html */
export function getEventSourceMapping(
  { UUID }: GetEventSourceMappingRequest,
  ctx: LambdaContext,
): MappingAnswer {
  const mapping = mappingFor(ctx, UUID);
  return mappingView(mapping, undefined, problemOf(ctx.state, mapping));
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html */
export function listEventSourceMappings(
  input: ListEventSourceMappingsRequest,
  ctx: LambdaContext,
): { EventSourceMappings: MappingAnswer[]; NextMarker?: string } {
  const { EventSourceArn, FunctionName } = input;
  const address = FunctionName === undefined ? undefined : reachableAddress(ctx, FunctionName);
  const wanted =
    address?.qualifier === undefined ? address?.arn : `${address.arn}:${address.qualifier}`;
  const all = [...ctx.state.mappings.values()].filter(
    ({ account, region, queueArn, functionArn }) =>
      account === ctx.account &&
      region === ctx.region &&
      (EventSourceArn === undefined || queueArn === EventSourceArn) &&
      (wanted === undefined || functionArn === wanted || functionArn.startsWith(`${wanted}:`)),
  );
  const { items, ...page } = pageOf(all, input, 100);
  const views = items.map((each) => mappingView(each, undefined, problemOf(ctx.state, each)));
  return { EventSourceMappings: views, ...page };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html */
export function updateEventSourceMapping(
  input: UpdateEventSourceMappingRequest,
  ctx: LambdaContext,
): MappingAnswer {
  const { state } = ctx;
  const before = mappingFor(ctx, input.UUID);
  const target = targetFor(
    ctx,
    'UpdateEventSourceMapping',
    input.FunctionName ?? before.functionArn,
  );
  const settings = changeMappingSettings(before, input);
  checkAgainstQueue(settings, queueFacts(ctx, before.queueArn), target.version);
  if (target.arn !== before.functionArn) checkIsOnly(ctx, before.queueArn, target);
  checkRole(ctx, before.queueArn, target);
  const after: EventSourceMapping = {
    ...before,
    ...settings,
    functionArn: target.arn,
    modifiedAt: ctx.clock.timestamp(),
  };
  storeMapping(state, after);
  const transition =
    before.enabled === after.enabled ? 'Updating' : after.enabled ? 'Enabling' : 'Disabling';
  return mappingView(after, transition);
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteEventSourceMapping.html */
export function deleteEventSourceMapping(
  { UUID }: DeleteEventSourceMappingRequest,
  ctx: LambdaContext,
): MappingAnswer {
  const mapping = mappingFor(ctx, UUID);
  dropMapping(ctx.state, mapping);
  return mappingView(mapping, 'Deleting');
}

/** @throws ServiceError `ResourceNotFoundException` */
function mappingFor({ state, account, region }: LambdaContext, uuid = ''): EventSourceMapping {
  const mapping = state.mappings.get(uuid);
  if (mapping === undefined || mapping.account !== account || mapping.region !== region) {
    throw notFound('The resource you requested does not exist.');
  }
  return mapping;
}

/** @throws ServiceError `InvalidParameterValueException`, `UnsupportedOperation` */
function queueArnOf(arn: string | undefined): string {
  if (arn === undefined) throw invalid('EventSourceArn is required.');
  if (/^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[^:]+$/.test(arn)) return arn;
  if (!/^arn:aws[a-z-]*:[a-z0-9-]+:/.test(arn)) throw invalid(`Unrecognized event source: ${arn}`);
  throw unsupported(`event sources other than queues (${arn})`);
}

/** @throws ServiceError `InvalidParameterValueException` */
function queueFacts({ state, region }: LambdaContext, queueArn: string): QueueFacts {
  const queue = state.queues.factsOf(queueArn);
  if (queue === undefined || queueArn.split(':')[3] !== region) {
    throw invalid(
      'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.',
    );
  }
  return queue;
}

/** @throws ServiceError `ResourceConflictException` */
function checkIsOnly(
  { state }: LambdaContext,
  queueArn: string,
  { fn, arn }: FunctionTarget,
): void {
  for (const each of state.mappings.values()) {
    if (each.queueArn === queueArn && each.functionArn === arn) {
      throw conflict(
        `An event source mapping with SQS arn (" ${queueArn} ") and function (" ${fn.name} ") already exists. Please update or delete the existing mapping with UUID ${each.uuid}`,
      );
    }
  }
}
