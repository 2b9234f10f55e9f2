import type { RequestContext } from '../../action.ts';
import type { LambdaState } from './state.ts';

/** What an action of Lambda gets besides its input. */
export type LambdaContext = RequestContext<LambdaState>;
