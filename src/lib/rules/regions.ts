import { usageError } from './errors.ts';
import { nearest } from './text/nearest.ts';

/** Regions of the partitions aws, aws-cn and aws-us-gov (AWS General Reference, "AWS Regions and Endpoints"). */
export const REGIONS = [
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-central-1',
  'ca-west-1',
  'cn-north-1',
  'cn-northwest-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-gov-east-1',
  'us-gov-west-1',
  'us-west-1',
  'us-west-2',
] as const;

const WELL_FORMED = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;

/**
 * Checks a region's name. On AWS a well-formed name that this list doesn't know yet passes, since new regions open
 * every year and DNS has the last word; elsewhere there is no DNS to say no, so it is refused.
 * @throws AppError (exit 2) with the nearest region.
 */
export function assertRegion(region: string, onAws: boolean): void {
  if ((REGIONS as readonly string[]).includes(region)) return;
  if (onAws && WELL_FORMED.test(region)) return;
  throw unknownRegion(region);
}

/** The error for a region that doesn't exist. */
export function unknownRegion(region: string): Error {
  const near = nearest(region, REGIONS);
  return usageError(
    `There is no AWS region "${region}".${near ? ` Did you mean "${near}"?` : ''}`,
    `Use --region ${near ?? 'us-east-1'}, or set AWS_REGION.`,
    'UnknownRegion',
  );
}

/** The partition of a region, as ARNs name it ("AWS partitions", AWS Fault Isolation Boundaries). */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
