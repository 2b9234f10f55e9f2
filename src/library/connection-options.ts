import type { AwsTargetName } from '../lib/config/target.ts';

/**
 * The target of calls. Options that are not given come from the environment and `pubsub.yaml`, as in the command line.
 */
export interface ConnectionOptions {
  /** `local` is the embedded engine, which is started in the background if it doesn't run yet; `aws` is the account. */
  readonly target?: AwsTargetName;
  /** A compatible endpoint's URL; wins over `target`. */
  readonly endpointUrl?: string;
  /** AWS region, such as `eu-west-1`. */
  readonly region?: string;
  /** Profile of the AWS configuration files. */
  readonly profile?: string;
}
