import type { RequestContext } from '../../action.ts';
import type { SnsState } from './state.ts';

/** What an action of SNS gets besides its input. */
export type SnsContext = RequestContext<SnsState>;
