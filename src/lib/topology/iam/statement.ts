import type {
  FunctionSpec,
  SubscriberSpec,
  TopicSpec,
  Topology,
} from '../../definition/topology.ts';

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
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
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
  /** The customer key that the topic and the queues are encrypted with, if they are. */
  readonly kmsKeyArn: string | undefined;
}

/** The statement on the customer key; none where there is none. */
export function withKey({ kmsKeyArn }: IamRequest, actions: readonly string[]): IamStatement[] {
  return kmsKeyArn === undefined ? [] : [allow('Key', actions, [kmsKeyArn])];
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
