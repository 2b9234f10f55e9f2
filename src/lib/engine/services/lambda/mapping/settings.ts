import type {
  CreateEventSourceMappingRequest,
  UpdateEventSourceMappingRequest,
} from '@aws-sdk/client-lambda';
import { InvalidFilterPolicy, parseEventPattern } from '../../../../rules/filter-policy/index.ts';
import { unsupported } from '../../../errors.ts';
import type { QueueFacts } from '../../../ports.ts';
import { constraint, invalid } from '../errors.ts';
import type { FunctionVersion } from '../function.ts';
import type { EventSourceMapping } from './mapping.ts';

type Input = Partial<
  Omit<CreateEventSourceMappingRequest & UpdateEventSourceMappingRequest, 'UUID'>
>;

/** The part of a mapping that its settings decide. */
export type MappingSettings = Pick<
  EventSourceMapping,
  'enabled' | 'batchSize' | 'window' | 'partialFailures' | 'maximumConcurrency' | 'filters'
>;

/** What a mapping of a queue is made with where nothing else is said (API reference, `CreateEventSourceMapping`). */
export const MAPPING_DEFAULTS: MappingSettings = {
  enabled: true,
  batchSize: 10,
  window: 0,
  partialFailures: false,
  maximumConcurrency: null,
  filters: [],
};

const MAX_BATCH_SIZE = 10_000;
const MAX_UNGATHERED_BATCH_SIZE = 10;
const MAX_WINDOW_SECONDS = 300;
/** "five filters per event source mapping" of 4,096 characters (Lambda event filtering). */
const MAX_FILTERS = 5;
const MAX_PATTERN_LENGTH = 4096;

/**
 * The settings that an input makes of the ones before.
 *
 * @throws ServiceError `InvalidParameterValueException`, `ValidationException`, `UnsupportedOperation`
 */
export function changeMappingSettings(before: MappingSettings, input: Input): MappingSettings {
  if (input.ProvisionedPollerConfig !== undefined) throw unsupported('provisioned pollers');
  if (input.DestinationConfig !== undefined) {
    throw invalid('Unsupported DestinationConfig parameter for given event source mapping type.');
  }
  const { ScalingConfig, FunctionResponseTypes, FilterCriteria } = input;
  const after: MappingSettings = {
    enabled: input.Enabled ?? before.enabled,
    batchSize: input.BatchSize ?? before.batchSize,
    window: input.MaximumBatchingWindowInSeconds ?? before.window,
    partialFailures:
      FunctionResponseTypes === undefined
        ? before.partialFailures
        : FunctionResponseTypes.length > 0,
    maximumConcurrency:
      ScalingConfig === undefined
        ? before.maximumConcurrency
        : (ScalingConfig.MaximumConcurrency ?? null),
    filters:
      FilterCriteria === undefined
        ? before.filters
        : (FilterCriteria.Filters ?? []).map(({ Pattern = '' }) => Pattern),
  };
  for (const type of FunctionResponseTypes ?? []) {
    if (type !== 'ReportBatchItemFailures') {
      throw constraint(
        'functionResponseTypes',
        `[${type}]`,
        'satisfy constraint: [Member must satisfy enum value set: [ReportBatchItemFailures]]',
      );
    }
  }
  checkNumbers(after);
  checkFilters(after.filters);
  return after;
}

function checkNumbers({ batchSize, window, maximumConcurrency }: MappingSettings): void {
  inRange('batchSize', batchSize, 1, MAX_BATCH_SIZE);
  inRange('maximumBatchingWindowInSeconds', window, 0, MAX_WINDOW_SECONDS);
  if (maximumConcurrency !== null) {
    inRange('scalingConfig.maximumConcurrency', maximumConcurrency, 2, 1000);
  }
}

function inRange(member: string, value: number, least: number, most: number): void {
  if (value < least)
    throw constraint(member, value, `have value greater than or equal to ${least}`);
  if (value > most) throw constraint(member, value, `have value less than or equal to ${most}`);
}

function checkFilters(filters: readonly string[]): void {
  if (filters.length > MAX_FILTERS) {
    throw invalid(`Exceeded the maximum number of filters: ${MAX_FILTERS}.`);
  }
  for (const pattern of filters) {
    if (pattern.length > MAX_PATTERN_LENGTH) {
      throw invalid(`A filter pattern can have ${MAX_PATTERN_LENGTH} characters at most.`);
    }
    try {
      parseEventPattern(pattern);
    } catch (error) {
      if (!(error instanceof InvalidFilterPolicy)) throw error;
      throw invalid(`Invalid filter pattern definition. ${error.message}`);
    }
  }
}

/**
 * What queue and function have to do with the settings.
 *
 * @throws ServiceError `InvalidParameterValueException`
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export function checkAgainstQueue(
  { batchSize, window }: MappingSettings,
  queue: QueueFacts,
  { timeout }: FunctionVersion,
): void {
  if (queue.fifo) {
    if (window > 0) throw invalid('Batching window is not supported for FIFO queues.');
    if (batchSize > MAX_UNGATHERED_BATCH_SIZE) {
      throw invalid(
        `Batch size must be between 1 and ${MAX_UNGATHERED_BATCH_SIZE} inclusive for FIFO queues.`,
      );
    }
  }
  if (batchSize > MAX_UNGATHERED_BATCH_SIZE && window === 0) {
    throw invalid(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
  }
  if (timeout > queue.visibilityTimeout) {
    throw invalid(
      `Queue visibility timeout: ${queue.visibilityTimeout} seconds is less than Function timeout: ${timeout} seconds`,
    );
  }
}
