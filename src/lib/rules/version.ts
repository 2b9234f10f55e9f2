declare const PUBSUB_VERSION: string | undefined;

/** The program's version; `dev` when it runs from its sources. */
export const VERSION = typeof PUBSUB_VERSION === 'string' ? PUBSUB_VERSION : 'dev';
