import type { RequestContext } from '../../action.ts';
import type { LogsState } from './state.ts';

/** What an action of CloudWatch Logs works with. */
export type LogsContext = RequestContext<LogsState>;
