import type { EngineParts } from '../engine.ts';

/** Everything the service keeps, by account and region. */
export interface SnsState {
  readonly parts: EngineParts;
}

/** An empty state, filled with what the journal holds. */
export function createSnsState(parts: EngineParts): SnsState {
  return { parts };
}
