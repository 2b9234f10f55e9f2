import type { ActedOn } from './api/queues.ts';
import type { DashboardTarget } from './target.ts';

/** Where a request changes something. */
export function actedOn({ identity }: Pick<DashboardTarget, 'identity'>): ActedOn {
  const { target, account = null, region, endpoint = null } = identity;
  return { target, account, region, endpoint };
}
