import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { ResourcePolicy } from '../rules/policy/index.ts';

// What a service may ask of another: each gets the ports that it needs, and sees nothing else of the others.

/**
 * What the bodies of the messages that one call makes have in common, so that it is kept once: those of a fan-out. The
 * messages of a batch have nothing in common, and lie together in one record all the same.
 */
export interface SharedBody {
  readonly before: string;
  readonly after: string;
  /** Its number in the journal, while there are messages. */
  record: number;
  /** How many messages in the journal need it. */
  messages: number;
  /** Whether its call goes on, which happens in one turn of the event loop. */
  isOpen: boolean;
  /** How many messages were written into its own record, and which of these have gone, the first in the lowest bit. */
  joined: number;
  joinedGone: number;
}

/** What no message needs yet. */
export function sharedBody(before: string, after: string): SharedBody {
  return { before, after, record: 0, messages: 0, isOpen: true, joined: 0, joinedGone: 0 };
}

/** A message's part in a shared body: `before`, its own text, `after` make its body. */
export interface BodyShare {
  readonly body: SharedBody;
  readonly own: string;
  /** `own` and `after`: where many messages end alike, one and the same text, so that each keeps a reference to it alone. */
  readonly end: string;
}

/** @param end `own` and what follows it, where the caller has that text already. */
export function bodyShare(body: SharedBody, own: string, end = own + body.after): BodyShare {
  return { body, own, end };
}

/** The body that a share is of. */
export function bodyOf({ body, end }: BodyShare): string {
  return body.before + end;
}

/** What a topic hands to a queue: the envelope, or the raw message with its attributes. */
export interface TopicDelivery {
  readonly body: string;
  /** Set where the deliveries of one message share most of the body. */
  readonly shared?: BodyShare | undefined;
  /** Whether the body is JSON that SNS made, which escapes every character that SQS refuses. */
  readonly enveloped?: boolean;
  readonly attributes?: Record<string, MessageAttributeValue> | undefined;
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
  readonly traceHeader?: string | undefined;
  readonly topicArn: string;
  /** Twelve digits. */
  readonly topicAccount: string;
}

/** What became of it: `messageId` is the queue's, as are account and region; `errorCode` the one that SQS answers SNS with. */
export type DeliveryResult =
  | {
      readonly ok: true;
      readonly messageId: string;
      readonly account: string;
      readonly region: string;
      /** In milliseconds of the engine's time. */
      readonly time: number;
    }
  | { readonly ok: false; readonly reason: string; readonly errorCode: string };

/** SQS, as topics see it. */
export interface QueuePort {
  /** Sends to a queue as the service SNS, which the queue's policy has to allow. */
  deliver(queueArn: string, delivery: TopicDelivery): DeliveryResult;
}

/** A use of the key that encrypts a queue or topic. */
export interface KeyUse {
  /** `KmsMasterKeyId`: key id, key ARN, alias or alias ARN. */
  readonly keyId: string;
  /** What is encrypted. */
  readonly encrypted: {
    readonly service: 'sqs' | 'sns';
    readonly arn: string;
    readonly account: string;
    readonly region: string;
  };
  /** Whether messages are written or read: permissions of the key follow from it. */
  readonly purpose: 'send' | 'receive';
}

/** Who uses a key through a service. */
export interface KeyCaller {
  /** Twelve digits. */
  readonly account: string;
  readonly principalArn: string;
  /** What restricts the caller's session. */
  readonly sessionPolicy: ResourcePolicy | undefined;
}

/** Why a key can't be used: what SNS and SQS name their errors after, and the reason. */
export interface KeyRefusal {
  readonly fault: 'NotFound' | 'InvalidState' | 'Disabled' | 'AccessDenied';
  readonly reason: string;
}

/** KMS, as encrypted queues and topics see it. */
export interface KeyPort {
  /** Why the caller can't use the key, through the service; undefined when it can. */
  whyCallerCannotUse(caller: KeyCaller, use: KeyUse): KeyRefusal | undefined;
  /** Why a service can't encrypt for the queue or topic that it sends to; undefined when it can. */
  whyServiceCannotUse(sender: SendingService, use: KeyUse): KeyRefusal | undefined;
}

/** SNS, as queues see it. */
export interface SigningPort {
  /** Puts the signature into an envelope that a topic sent without it; any other text stays as it is. */
  seal(body: string): string;
}

/** What functions need to know of a queue that they are fed from. */
export interface QueueFacts {
  /** `/<account>/<name>`, the path of its URL. */
  readonly path: string;
  readonly fifo: boolean;
  /** Seconds. */
  readonly visibilityTimeout: number;
}

/** SQS, as event source mappings see it. */
export interface QueueFactsPort {
  /** Undefined where there is no such queue. */
  factsOf(queueArn: string): QueueFacts | undefined;
}

/** CloudWatch Logs, as functions and tasks see it. */
export interface LogPort {
  /** Whether there is a group of that name. */
  hasGroup(owner: { readonly account: string; readonly region: string }, group: string): boolean;
  /** Writes to a stream, which is made with its group where it isn't there. Timestamps are milliseconds, in order. */
  write(
    owner: { readonly account: string; readonly region: string },
    group: string,
    stream: string,
    events: readonly (readonly [timestamp: number, message: string])[],
  ): void;
}

/** Temporary keys of a role. */
export interface RoleKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds of the engine's time. */
  readonly expires: number;
}

/** STS, as functions see it. */
export interface RolePort {
  /** Keys for a session of a role. @param seconds how long they hold. */
  keysFor(roleArn: string, sessionName: string, seconds: number): RoleKeys;
  /** Whether a session of a role may do something with a queue. @param action without `sqs:`. */
  mayUseQueue(roleArn: string, sessionName: string, action: string, queueArn: string): boolean;
}

/** What became of an event for a function: SNS drops or dead-letters what a function doesn't take. */
export type EventResult =
  | { readonly ok: true; readonly requestId: string }
  | { readonly ok: false; readonly errorCode: string; readonly reason: string };

/** Lambda, as topics and schedules see it. */
export interface FunctionPort {
  /**
   * Hands over an event as a service, which the function's policy has to allow.
   * @param payload JSON. @param messageId in a topic.
   */
  deliver(
    functionArn: string,
    sender: Pick<ServiceInvocation, 'service' | 'sourceArn'>,
    payload: string,
    messageId?: string,
  ): EventResult;
}

/** A rule of EventBridge that invokes functions on a schedule. */
export interface ScheduledRule {
  readonly arn: string;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  readonly isEnabled: boolean;
  /** `rate(…)` */
  readonly schedule: string;
  /** With the JSON that each gets; empty for the event of a schedule. */
  readonly targets: readonly { readonly functionArn: string; readonly input: string }[];
}

/** Schedules, as templates make them. */
export interface SchedulePort {
  /** Whether there is a rule. */
  has(arn: string): boolean;
  /** Makes or changes a rule: a new schedule begins to count now. */
  put(rule: ScheduledRule): void;
  /** Removes a rule, where it is there. */
  remove(arn: string): void;
}

/** What a service invokes a function with, and for what. */
export interface ServiceInvocation {
  /** As policies name it: `apigateway.amazonaws.com`. */
  readonly service: string;
  readonly sourceArn: string;
  /** Whether a role stands in for the function's policy. */
  readonly isTrusted: boolean;
  /** JSON. */
  readonly payload: string;
  readonly traceId: string | undefined;
}

/** What a function answered, as JSON, or why it didn't. */
export type ServiceInvocationResult =
  | { readonly ok: true; readonly payload: string }
  | {
      readonly ok: false;
      readonly cause: 'refused' | 'too large' | 'busy' | 'failed';
      readonly reason: string;
    };

/** Lambda, as HTTP APIs see it. */
export interface InvocationPort {
  /** Invokes a function as a service, which its policy has to allow, and waits for its answer. */
  invoke(functionArn: string, invocation: ServiceInvocation): Promise<ServiceInvocationResult>;
}

/** The services whose actions another may call. */
export type CalledService =
  | 'sns'
  | 'sqs'
  | 'kms'
  | 'lambda'
  | 'logs'
  | 'dynamodb'
  | 'apigateway'
  | 'ecs'
  | 'cloudwatch'
  | 'elasticloadbalancing';

/** Who a service calls another for. */
export interface ServiceCaller {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly principalArn: string;
  readonly userId: string;
  /** What restricts the caller's session; undefined where nothing does. */
  readonly sessionPolicy: ResourcePolicy | undefined;
  /** `http://host:port`, with which queue URLs begin. */
  readonly baseUrl: string;
  readonly sourceIp: string;
}

/** All services, as one that makes what templates describe sees them. */
export interface ServicesPort {
  /**
   * Runs an action as if the caller had asked for it: with the same checks of its input and permissions.
   * @throws ServiceError
   */
  call(
    caller: ServiceCaller,
    service: CalledService,
    action: string,
    input: object,
  ): Promise<unknown>;
  /**
   * Lets the name of a deleted queue be used again at once. On AWS a stack's deletion of a queue takes the minute that
   * the name is held for.
   */
  releaseQueueName(queueArn: string): void;
  /** Gives a queue, topic, function, alarm or log group tags of AWS's own, which begin with `aws:`. */
  addSystemTags(arn: string, tags: Readonly<Record<string, string>>): void;
  /**
   * A text with the URLs at which the engine answers, in the place of those that its APIs have on AWS.
   * @param baseUrl `http://host:port` of the engine.
   */
  withLocalUrls(text: string, baseUrl: string): string;
}

/** What one minute's samples of a metric add up to, as CloudWatch names it. */
export interface Sample {
  readonly name: string;
  /** `Count`, `Seconds`, `Milliseconds`, `Bytes`. */
  readonly unit: string;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** The samples of one queue, topic or function. */
export interface ResourceSamples {
  readonly arn: string;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  readonly namespace: string;
  readonly dimension: readonly [name: string, value: string];
  readonly samples: readonly Sample[];
}

/** The other services, as CloudWatch measures them. */
export interface MetricPort {
  /** What the minute that ended was like. It takes what was counted: for one reader, once a minute. */
  lastMinute(): Iterable<ResourceSamples>;
}

/** A service that publishes to a topic, or sends to a queue. */
export interface SendingService {
  /** As policies name it: `cloudwatch.amazonaws.com`. */
  readonly service: string;
  /** What it sends for, and the account of that. */
  readonly sourceArn: string;
  readonly account: string;
}

/** What became of what a service published. */
export type PublishResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** SNS, as alarms see it. */
export interface TopicPort {
  /** Publishes as a service, which the topic's policy and the key that encrypts it have to allow. */
  publish(
    topicArn: string,
    message: { readonly subject: string; readonly body: string },
    sender: SendingService,
  ): PublishResult;
}

/** Secrets that stacks have, as tasks see them. */
export interface SecretPort {
  /** The text of a secret. @param arn of it. @returns undefined where no stack has it. */
  valueOf(arn: string): string | undefined;
}

/** Where a task is reached. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** What a load balancer makes of a target. */
export type TargetHealth = 'initial' | 'healthy' | 'unhealthy';

/** Load balancers, as tasks see them. */
export interface TargetPort {
  /** Why nothing can be registered with a target group; undefined where it can. */
  problemOf(targetGroupArn: string): string | undefined;
  register(targetGroupArn: string, target: Target): void;
  /** Lets no more requests through. @returns when those under way are answered, or the group's delay is over. */
  deregister(targetGroupArn: string, target: Target): Promise<void>;
  /** Undefined where it isn't registered. */
  healthOf(targetGroupArn: string, target: Target): TargetHealth | undefined;
}
