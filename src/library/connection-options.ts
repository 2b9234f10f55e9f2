import type { TargetName } from '../lib/config/target.ts';

/** Where calls go. What is not given comes from the environment and `pubsub.yaml`, as on the command line. */
export interface ConnectionOptions {
  /** `local`, the embedded engine, is started in the background where it doesn't run yet. */
  readonly target?: TargetName;
  /** A compatible endpoint's URL; wins over `target`. */
  readonly endpointUrl?: string;
  readonly region?: string;
  readonly profile?: string;
}
