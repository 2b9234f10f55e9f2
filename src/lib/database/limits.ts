/** Milliseconds for which a change waits for what somebody else holds. */
export const LOCK_TIMEOUT_MS = 2_000;
