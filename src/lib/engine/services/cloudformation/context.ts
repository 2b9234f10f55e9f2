import type { RequestContext } from '../../action.ts';
import type { CloudFormationState } from './state.ts';

/** What an action of CloudFormation gets. */
export type CloudFormationContext = RequestContext<CloudFormationState>;
