import type {
  FunctionSpec,
  SubscriberSpec,
  TopicSpec,
  Topology,
} from '../../definition/topology.ts';

import { type KeyArn, keyStatements } from './key-statements.ts';

/** Who a policy is for. */
export const IAM_ROLES = ['publisher', 'subscriber', 'operator', 'function'] as const;
export type IamRole = (typeof IAM_ROLES)[number];

/** An identity policy, ready to attach ("IAM JSON policy reference"). */
export interface IamPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly IamStatement[];
}

export interface IamStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
}

/** Where the resources are. */
export interface IamPlace {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
}

/** What a policy is made for. */
export interface IamRequest {
  readonly role: IamRole;
  readonly topology: Topology;
  /** Whose queues a subscriber may read; of no matter to the other roles. */
  readonly subscribers: readonly SubscriberSpec[];
  /** The function whose role it is; of no matter to the others. */
  readonly target?: FunctionSpec | undefined;
  /** Whether setup makes functions and tables; on AWS a stack does. */
  readonly makesFunctions: boolean;
  readonly place: IamPlace;
  /** A customer key that topics and queues are encrypted with besides those that the topology says. */
  readonly kmsKeyArn: string | undefined;
}

/** The statements on customer keys; none where there are none. @param keys that the topology says. */
export function withKeys(
  { kmsKeyArn, place }: IamRequest,
  keys: readonly (string | false | undefined)[],
  actions: readonly string[],
): IamStatement[] {
  return keyStatements([...keys, kmsKeyArn], actions, keyArn(place));
}

/** How keys of a place are written. */
export function keyArn(place: IamPlace): KeyArn<string> {
  return (resource) => resourceArn(place, 'kms', resource);
}

/** A statement that allows actions on resources. */
export function allow(
  Sid: string,
  Action: readonly string[],
  Resource: readonly string[],
): IamStatement {
  return { Sid, Effect: 'Allow', Action, Resource };
}

/** The ARN of a topic of the topology. */
export function topicArn({ place }: IamRequest, { arn, name }: TopicSpec): string {
  return arn ?? resourceArn(place, 'sns', name);
}

/** The ARNs of all topics of the topology, or of its own alone. */
export function topicArns(request: IamRequest, options: { readonly own: boolean }): string[] {
  const { topics } = request.topology;
  const wanted = options.own ? topics.filter(({ arn }) => arn === undefined) : topics;
  return wanted.map((topic) => topicArn(request, topic));
}

/** A queue in the place, by its name. */
export function queueArn({ place }: IamRequest, name: string): string {
  return resourceArn(place, 'sqs', name);
}

/** A resource in the place, by its name. */
export function resourceArn(
  { partition, region, account }: IamPlace,
  service: string,
  name: string,
): string {
  return `arn:${partition}:${service}:${region}:${account}:${name}`;
}
