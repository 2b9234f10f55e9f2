/** A receive as its client asked for it. */
export interface ReceiveRequest {
  /** Messages it takes at most, 1 to 10. */
  readonly max: number;
  /** Visibility timeout for what it takes, in seconds. */
  readonly visibilitySeconds: number;
  readonly userAgent: string;
}
