import type { RequestContext } from '../../action.ts';
import type { ElbState } from './state.ts';

/** What an action of Elastic Load Balancing works with. */
export type ElbContext = RequestContext<ElbState>;
