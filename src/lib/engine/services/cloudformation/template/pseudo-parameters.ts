import { NO_VALUE, type Value } from './evaluate.ts';

/** What pseudo-parameters are about. */
export interface StackPlace {
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
}

const NAMES: ReadonlySet<string> = new Set([
  'AWS::AccountId',
  'AWS::NotificationARNs',
  'AWS::NoValue',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
]);

export function isPseudoParameter(name: string): boolean {
  return NAMES.has(name);
}

/**
 * The values of pseudo-parameters.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
 */
export function pseudoParameters(
  { id, name, account, region }: StackPlace,
  notificationArns: readonly string[],
): Readonly<Record<string, Value>> {
  return {
    'AWS::AccountId': account,
    'AWS::NotificationARNs': notificationArns,
    'AWS::NoValue': NO_VALUE,
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::StackId': id,
    'AWS::StackName': name,
    'AWS::URLSuffix': 'amazonaws.com',
  };
}
