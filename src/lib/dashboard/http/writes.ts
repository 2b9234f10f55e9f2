import type { Dashboard } from '../dashboard.ts';
import { HttpFailure } from './failure.ts';

/** @throws HttpFailure 403 where the page may change nothing of the target. */
export function assertWrites({ access }: Pick<Dashboard, 'access'>): void {
  if (access.writesAllowed) return;
  throw new HttpFailure(
    403,
    'WritesNotAllowed',
    'This page may change nothing here.',
    `Start it with: ${access.command}`,
  );
}
