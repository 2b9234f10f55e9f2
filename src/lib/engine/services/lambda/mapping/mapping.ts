import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';

/** What feeds a function from a queue. It is never changed: a change makes another that takes its place. */
export interface EventSourceMapping {
  readonly uuid: string;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  readonly queueArn: string;
  /** With the qualifier where one was named. */
  readonly functionArn: string;
  readonly enabled: boolean;
  /** Messages of a batch at most. */
  readonly batchSize: number;
  /** Seconds that a batch is gathered for. */
  readonly window: number;
  /** Whether the function says which messages failed (`ReportBatchItemFailures`). */
  readonly partialFailures: boolean;
  /** Batches at a time at most; null for AWS's own bound. */
  readonly maximumConcurrency: number | null;
  /** Patterns of `FilterCriteria`, of which one has to match; empty for none. */
  readonly filters: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** What receives for a mapping. */
export interface MappingPoller {
  /** Why it can't work at present; undefined while it can. */
  readonly problem: string | undefined;
  /** Batches under way. */
  readonly batches: number;
  /** As many of them as there may be at present. */
  readonly concurrency: number;
  /** Receives no more; batches under way go on to their end. */
  stop(): void;
}

/** The ARN that its tags lie under. */
export function mappingArn({ region, account, uuid }: EventSourceMapping): string {
  return `arn:aws:lambda:${region}:${account}:event-source-mapping:${uuid}`;
}

/**
 * A mapping as `EventSourceMappingConfiguration` shows it.
 *
 * @param state other than `Enabled` and `Disabled` for a change that was asked for just now
 * @param problem why it can't work at present
 */
export function mappingView(
  mapping: EventSourceMapping,
  state = mapping.enabled ? 'Enabled' : 'Disabled',
  problem?: string,
): Omit<EventSourceMappingConfiguration, 'LastModified'> & { LastModified: number } {
  const { filters, maximumConcurrency } = mapping;
  return {
    UUID: mapping.uuid,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.window,
    EventSourceArn: mapping.queueArn,
    FunctionArn: mapping.functionArn,
    // Seconds, as the REST protocol writes times.
    LastModified: mapping.modifiedAt / 1000,
    State: state,
    StateTransitionReason: 'USER_INITIATED',
    FunctionResponseTypes: mapping.partialFailures ? ['ReportBatchItemFailures'] : [],
    EventSourceMappingArn: mappingArn(mapping),
    ...(problem === undefined ? {} : { LastProcessingResult: problem }),
    ...(maximumConcurrency === null
      ? {}
      : { ScalingConfig: { MaximumConcurrency: maximumConcurrency } }),
    ...(filters.length === 0
      ? {}
      : { FilterCriteria: { Filters: filters.map((Pattern) => ({ Pattern })) } }),
  };
}
