import type { Aws } from './clients.ts';
import { signedPost } from './signed-post.ts';

/** The version of EC2's API (Amazon EC2 API Reference). */
const API_VERSION = '2016-11-15';

/** The default VPC of an account's region (`DescribeVpcs`); undefined where there is none. */
export async function defaultVpc(aws: Aws): Promise<string | undefined> {
  const filter = { 'Filter.1.Name': 'is-default', 'Filter.1.Value.1': 'true' };
  const answer = await ask(aws, 'look for the default VPC', 'DescribeVpcs', filter);
  return valuesOf(answer, 'vpcId')[0];
}

/** The default subnets of a VPC, which are public ones, one in each zone (`DescribeSubnets`). */
export async function defaultSubnets(aws: Aws, vpcId: string): Promise<string[]> {
  const answer = await ask(aws, `look for the subnets of ${vpcId}`, 'DescribeSubnets', {
    'Filter.1.Name': 'vpc-id',
    'Filter.1.Value.1': vpcId,
    'Filter.2.Name': 'default-for-az',
    'Filter.2.Value.1': 'true',
  });
  return valuesOf(answer, 'subnetId').sort();
}

/** Network interfaces that security groups still have (`DescribeNetworkInterfaces`). */
export async function interfacesOf(aws: Aws, groups: readonly string[]): Promise<string[]> {
  if (groups.length === 0) return [];
  const values = groups.map((group, at) => [`Filter.1.Value.${at + 1}`, group] as const);
  const answer = await ask(aws, 'look for network interfaces', 'DescribeNetworkInterfaces', {
    'Filter.1.Name': 'group-id',
    ...Object.fromEntries(values),
  });
  return [...new Set(valuesOf(answer, 'networkInterfaceId'))].sort();
}

/** Asks EC2 something. @returns the answer's XML. */
function ask(
  aws: Aws,
  what: string,
  action: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const form = new URLSearchParams({ Action: action, Version: API_VERSION, ...parameters });
  return signedPost(aws, what, {
    service: 'ec2',
    endpoint: aws.ec2Endpoint,
    contentType: 'application/x-www-form-urlencoded',
    body: form.toString(),
    errorOf: (body) => ({ name: valuesOf(body, 'Code')[0], message: valuesOf(body, 'Message')[0] }),
  });
}

/** The texts of all elements of a name: ids and codes, which need no escapes. */
function valuesOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(
    ([, value = '']) => value,
  );
}
