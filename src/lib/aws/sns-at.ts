import type { SNSClient } from '@aws-sdk/client-sns';
import { parseArn } from '../rules/names.ts';
import type { Aws } from './clients.ts';
import type { CallTarget } from './errors.ts';

/** Clients as far as topics need them. */
export type TopicAccess = CallTarget & Pick<Aws, 'sns' | 'snsIn'>;

/** The SNS client for a topic or subscription: SNS answers about it in its own region alone. */
export function snsAt(aws: TopicAccess, arn: string): SNSClient {
  const region = parseArn(arn)?.region;
  return region === undefined || region === aws.region ? aws.sns : aws.snsIn(region);
}
