import type { RequestContext } from '../../action.ts';
import type { SqsState } from './state.ts';

/** What an action of SQS gets besides its input. */
export type SqsContext = RequestContext<SqsState>;
