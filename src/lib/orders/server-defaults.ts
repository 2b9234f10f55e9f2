/** Bounds of the order server that hold unless said otherwise. */
export const SERVER_DEFAULTS = {
  port: 3000,
  host: '127.0.0.1',
  /** Requests a second from one address. */
  rateLimit: 200,
  /** Bytes of a body. */
  bodyLimit: 65_536,
} as const;
