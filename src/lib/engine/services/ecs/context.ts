import type { RequestContext } from '../../action.ts';
import type { EcsState } from './state.ts';

/** What an action of ECS works with. */
export type EcsContext = RequestContext<EcsState>;
