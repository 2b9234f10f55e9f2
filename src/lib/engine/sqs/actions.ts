import type { Action } from '../action.ts';

/** The service's actions by name. */
export const sqsActions: Readonly<Record<string, Action>> = {};
