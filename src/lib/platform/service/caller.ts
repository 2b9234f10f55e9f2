import { Problem } from '../../http/problem.ts';

/** Who makes a request, as their token says. */
export type Caller = UserCaller | ServiceCaller;

export type Role = 'user' | 'admin' | 'service';

/** A person who has logged in. */
export interface UserCaller {
  readonly kind: 'user';
  /** From 1. */
  readonly id: number;
  readonly roles: readonly Role[];
  readonly sessionId: string;
  /** Their token, to be passed on. */
  readonly token: string;
}

/** Another service of the platform. */
export interface ServiceCaller {
  readonly kind: 'service';
  /** Its name. */
  readonly id: string;
  readonly roles: readonly Role[];
  readonly token: string;
}

/** @throws Problem 403 unless the caller has a role */
export function requireRole(caller: Caller, role: Role): void {
  if (caller.roles.includes(role)) return;
  throw new Problem(403, 'Forbidden', `This needs the role ${role}.`);
}

/** The caller as a person. @throws Problem 403 for a service */
export function requireUser(caller: Caller): UserCaller {
  if (caller.kind === 'user') return caller;
  throw new Problem(403, 'Forbidden', 'This is for people who have logged in.');
}
