import type { Aws } from '../../aws/clients.ts';
import { defaultSubnets, defaultVpc } from '../../aws/networks.ts';
import { AppError } from '../../rules/errors.ts';

/** Where services run, as the parameters of a template with services. */
export type NetworkParameters = Readonly<Record<'VpcId' | 'SubnetIds', string>>;

/** "You must specify subnets from at least two Availability Zones" (Application Load Balancers). */
const MIN_SUBNETS = 2;

const HINT =
  'Say which ones: --vpc vpc-… --subnets subnet-…,subnet-… Or make it with: aws ec2 create-default-vpc';

/** The default VPC and its public subnets. @throws AppError `NoNetwork` where there is none, or fewer than two zones. */
export async function defaultNetwork(aws: Aws): Promise<NetworkParameters> {
  const VpcId = await defaultVpc(aws);
  if (VpcId === undefined) {
    throw new AppError({
      code: 'NoNetwork',
      message: `There is no default VPC in ${aws.region}, and services need a network.`,
      hint: HINT,
    });
  }
  const subnets = await defaultSubnets(aws, VpcId);
  if (subnets.length < MIN_SUBNETS) {
    throw new AppError({
      code: 'NoNetwork',
      message: `The default VPC ${VpcId} has ${subnets.length} default subnets; services need ${MIN_SUBNETS}, in different zones.`,
      hint: HINT,
    });
  }
  return { VpcId, SubnetIds: subnets.join(',') };
}
