/** SQLSTATE of a lock that was not given in time. */
export const LOCK_NOT_AVAILABLE = '55P03';

/** Milliseconds for which a change waits for what somebody else holds. */
export const LOCK_TIMEOUT_MS = 2_000;
/** The same for a step of a migration. Whoever comes after it waits behind it, and outlasts it. */
export const MIGRATION_LOCK_TIMEOUT_MS = LOCK_TIMEOUT_MS / 2;
