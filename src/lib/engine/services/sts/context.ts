import type { RequestContext } from '../../action.ts';
import type { StsState } from './state.ts';

/** What an action of STS gets besides its input. */
export type StsContext = RequestContext<StsState>;
