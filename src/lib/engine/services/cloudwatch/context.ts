import type { RequestContext } from '../../action.ts';
import type { CloudWatchState } from './state.ts';

/** What an action of CloudWatch works with. */
export type CloudWatchContext = RequestContext<CloudWatchState>;
