import type { Work } from '../work.ts';
import type { ObservedFunctions } from './observe.ts';

/** What the steps of tables and functions work with. */
export interface FunctionWork extends Work {
  readonly functions: ObservedFunctions;
}
