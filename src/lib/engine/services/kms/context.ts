import type { RequestContext } from '../../action.ts';
import type { KmsState } from './state.ts';

/** What an action of KMS gets besides its input. */
export type KmsContext = RequestContext<KmsState>;
