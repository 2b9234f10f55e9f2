import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { call, callUnless } from './call.ts';
import type { Aws } from './clients.ts';
import { LAMBDA_NOT_FOUND } from './functions.ts';

/** How a function takes messages from a queue. */
export interface MappingSettings {
  readonly batchSize: number;
  /** Seconds. */
  readonly window: number;
  readonly partialFailures: boolean;
  /** Undefined for no bound of its own. */
  readonly maximumConcurrency: number | undefined;
}

/** An event source mapping as it stands. */
export interface FoundMapping extends MappingSettings {
  readonly uuid: string;
  readonly queueArn: string;
  readonly functionArn: string;
  /** Such as `Enabled`, `Disabled`, `Creating` or `Deleting`. */
  readonly state: string;
  /** JSON text of the filters that messages have to pass; undefined for none. */
  readonly filters: string | undefined;
  /** How the last poll went, as Lambda says it; empty where it says nothing. */
  readonly lastResult: string;
}

/**
 * All mappings of a queue, whoever made them, all of a function, or all of account and region
 * (`ListEventSourceMappings`, all pages).
 * @returns none where there is no such queue or function.
 */
export async function listMappings(
  aws: Aws,
  of: { readonly queueArn?: string; readonly functionName?: string },
): Promise<FoundMapping[]> {
  const { queueArn: EventSourceArn, functionName: FunctionName } = of;
  const filter = { EventSourceArn, FunctionName };
  const what = EventSourceArn ?? FunctionName ?? aws.region;
  const lambda = await aws.lambda();
  const found: FoundMapping[] = [];
  let marker: string | undefined;
  do {
    const { EventSourceMappings = [], NextMarker } =
      (await callUnless(aws, `list the mappings of "${what}"`, LAMBDA_NOT_FOUND, () =>
        lambda.send(
          new ListEventSourceMappingsCommand({
            ...filter,
            ...(marker === undefined ? {} : { Marker: marker }),
          }),
        ),
      )) ?? {};
    found.push(...EventSourceMappings.map(mappingOf));
    marker = NextMarker || undefined;
  } while (marker !== undefined);
  return found;
}

function mappingOf(found: EventSourceMappingConfiguration): FoundMapping {
  const { FilterCriteria } = found;
  return {
    uuid: found.UUID ?? '',
    queueArn: found.EventSourceArn ?? '',
    functionArn: found.FunctionArn ?? '',
    state: found.State ?? '',
    batchSize: found.BatchSize ?? 0,
    window: found.MaximumBatchingWindowInSeconds ?? 0,
    partialFailures: found.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    maximumConcurrency: found.ScalingConfig?.MaximumConcurrency,
    filters: FilterCriteria?.Filters?.length ? JSON.stringify(FilterCriteria) : undefined,
    lastResult: found.LastProcessingResult ?? '',
  };
}

/** Lets a function take from a queue (`CreateEventSourceMapping`). */
export async function createMapping(
  aws: Aws,
  between: { readonly queueArn: string; readonly functionName: string },
  settings: MappingSettings,
): Promise<void> {
  const { queueArn, functionName } = between;
  const lambda = await aws.lambda();
  await call(aws, `let function "${functionName}" take from "${queueArn}"`, () =>
    lambda.send(
      new CreateEventSourceMappingCommand({
        EventSourceArn: queueArn,
        FunctionName: functionName,
        ...inputOf(settings),
        ...(settings.maximumConcurrency === undefined
          ? {}
          : { ScalingConfig: { MaximumConcurrency: settings.maximumConcurrency } }),
      }),
    ),
  );
}

/** Changes a mapping, turns it on, and takes its filters away (`UpdateEventSourceMapping`). */
export async function updateMapping(
  aws: Aws,
  uuid: string,
  settings: MappingSettings,
): Promise<void> {
  const { maximumConcurrency } = settings;
  const lambda = await aws.lambda();
  await call(aws, `change the mapping ${uuid}`, () =>
    lambda.send(
      new UpdateEventSourceMappingCommand({
        UUID: uuid,
        Enabled: true,
        FilterCriteria: {},
        ...inputOf(settings),
        // An empty one takes the bound away.
        ScalingConfig:
          maximumConcurrency === undefined ? {} : { MaximumConcurrency: maximumConcurrency },
      }),
    ),
  );
}

function inputOf({ batchSize, window, partialFailures }: MappingSettings) {
  return {
    BatchSize: batchSize,
    MaximumBatchingWindowInSeconds: window,
    FunctionResponseTypes: partialFailures ? ['ReportBatchItemFailures' as const] : [],
  };
}

/** Deletes a mapping (`DeleteEventSourceMapping`); one that is gone already is not an error. */
export async function deleteMapping(aws: Aws, uuid: string): Promise<void> {
  const lambda = await aws.lambda();
  await callUnless(aws, `delete the mapping ${uuid}`, LAMBDA_NOT_FOUND, () =>
    lambda.send(new DeleteEventSourceMappingCommand({ UUID: uuid })),
  );
}
