import type { EngineParts } from '../engine.ts';

/** Everything the service keeps, by account and region. */
export interface SqsState {
  readonly parts: EngineParts;
}

/** An empty state, filled with what the journal holds. */
export function createSqsState(parts: EngineParts): SqsState {
  return { parts };
}
