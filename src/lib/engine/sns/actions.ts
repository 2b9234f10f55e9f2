import type { Action } from '../action.ts';

/** The service's actions by name. */
export const snsActions: Readonly<Record<string, Action>> = {};
