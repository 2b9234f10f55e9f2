import type { RequestContext } from '../../action.ts';
import type { ApiGatewayState } from './state.ts';

/** What an action of API Gateway gets besides its input. */
export type ApiGatewayContext = RequestContext<ApiGatewayState>;

/** What every action on an API, or a part of it, is told. */
export interface ApiInput {
  readonly apiId?: string;
}

/** This moment as API Gateway writes it. */
export function isoNow({ clock }: Pick<ApiGatewayContext, 'clock'>): string {
  return `${new Date(clock.timestamp()).toISOString().slice(0, -5)}Z`;
}
