import { join } from 'node:path';
import { EngineClock } from './clock/engine-clock.ts';
import { scopedClock } from './clock/scoped-clock.ts';
import type { JournalRefusal } from './journal/journal.ts';
import { countEvent } from './observe/count-events.ts';
import { MessageLog } from './observe/message-log.ts';
import { Meter } from './observe/meter.ts';
import { Notes, type PolicyNote, type RoleNote } from './observe/policy-notes.ts';
import { resourceMetrics } from './observe/resource-metrics.ts';
import { Trace } from './observe/trace.ts';
import { Traces } from './observe/traces/traces.ts';
import type { EngineOptions, EngineParts } from './parts.ts';
import { mayUseQueue } from './permissions/role-refusal.ts';
import type {
  FunctionPort,
  InvocationPort,
  KeyPort,
  LogPort,
  MetricPort,
  QueueFactsPort,
  QueuePort,
  RolePort,
  SecretPort,
  ServicesPort,
  SigningPort,
  TopicPort,
} from './ports.ts';
import { serviceCalls } from './service-calls.ts';
import { type ApiGatewayState, createApiGatewayState } from './services/apigateway/state.ts';
import { resumeOperations } from './services/cloudformation/load.ts';
import { secretValue } from './services/cloudformation/secret-value.ts';
import {
  type CloudFormationState,
  closeCloudFormation,
  createCloudFormationState,
} from './services/cloudformation/state.ts';
import { type CloudWatchState, createCloudWatchState } from './services/cloudwatch/state.ts';
import { watchMinutes } from './services/cloudwatch/watch.ts';
import { createTableProcess, type TableProcess } from './services/dynamodb/table-process.ts';
import { closeEcs, createEcsState } from './services/ecs/create-state.ts';
import type { EcsState } from './services/ecs/state.ts';
import { closeElb, createElbState, targetPort } from './services/elb/create-state.ts';
import type { ElbState } from './services/elb/state.ts';
import { createSchedules } from './services/events/state.ts';
import { createServices, type Services } from './services/index.ts';
import { createKmsState, type KmsState } from './services/kms/state.ts';
import { whyCallerCannotUse, whyServiceCannotUse } from './services/kms/use.ts';
import { closeLambda, createLambdaState } from './services/lambda/create-state.ts';
import { createFunctionHost, type FunctionHost } from './services/lambda/host.ts';
import { deliverEvent } from './services/lambda/invoke/deliver.ts';
import { invokeForService } from './services/lambda/invoke/for-service.ts';
import type { LambdaState } from './services/lambda/state.ts';
import { createLogsState, type LogsState } from './services/logs/state.ts';
import { hasGroup, writeLog } from './services/logs/write.ts';
import { createSnsState } from './services/sns/create-state.ts';
import { publishAsService } from './services/sns/publish-as-service.ts';
import type { SnsState } from './services/sns/state.ts';
import { TABLES as SNS_TABLES } from './services/sns/tables.ts';
import { createSqsState } from './services/sqs/create-state.ts';
import { deliverFromTopic } from './services/sqs/deliver.ts';
import type { Poller } from './services/sqs/queue/pollers.ts';
import { queueFacts } from './services/sqs/queue-facts.ts';
import type { SqsState } from './services/sqs/state.ts';
import { roleKeys } from './services/sts/role-keys.ts';
import { createStsState, type StsState } from './services/sts/state.ts';

/** An engine's parts and the state of each service, which keeps accounts and regions apart. */
export interface Engine extends EngineParts {
  readonly sqs: SqsState;
  readonly sns: SnsState;
  readonly sts: StsState;
  readonly kms: KmsState;
  readonly logs: LogsState;
  readonly lambda: LambdaState;
  readonly cloudformation: CloudFormationState;
  readonly cloudwatch: CloudWatchState;
  readonly apigateway: ApiGatewayState;
  readonly ecs: EcsState;
  readonly elasticloadbalancing: ElbState;
  /** What each service answers to, with tallies of its own. */
  readonly services: Services;
  /** What functions have of this process: a place for their code, and an end with it. */
  readonly functions: FunctionHost;
  /** DynamoDB: a process of its own. */
  readonly tables: TableProcess;
  /** Forgets everything but the key that signs notifications, also in the journal; the clock begins anew. */
  reset(): Promise<void>;
}

/** Who is told of what goes on. */
export interface EngineListeners {
  /** The disk takes no more: what was asked for was refused. */
  readonly onRefusal?: ((refusal: JournalRefusal) => void) | undefined;
  /** A queue's policy keeps a topic out; once for each topic and queue. */
  readonly onPolicyNote?: ((note: PolicyNote) => void) | undefined;
  /** A role's policies don't allow what was let pass; once for each session, action and resource. */
  readonly onRoleNote?: ((note: RoleNote) => void) | undefined;
}

/**
 * Wires the services' states, which read back what the journal holds, and gives each its ports to the others. A commit
 * that the journal refuses is undone in memory too: the states are then read back once more.
 */
export function createEngine(
  options: EngineOptions,
  journal: EngineParts['journal'],
  given: Pick<EngineParts, 'clock' | 'faults'>,
  told: EngineListeners = {},
): Engine {
  const meter = new Meter();
  const trace = new Trace(
    (at) => given.clock.timestamp(at),
    new MessageLog(given.clock.timestamp(given.clock.now())),
    (event) => countEvent(meter, event),
  );
  const traces = new Traces();
  const policyNotes = new Notes(told.onPolicyNote);
  const roleNotes = new Notes(told.onRoleNote);
  const notes = { policyNotes, roleNotes };
  const parts: EngineParts = { options, journal, trace, traces, meter, ...notes, ...given };
  const { stateDir } = options;
  const tables = createTableProcess(stateDir === undefined ? undefined : join(stateDir, 'tables'));
  const functions = createFunctionHost(stateDir);
  const calling = () => ({ ...parts, ...states, tables });
  const services = createServices();
  const calls = serviceCalls(calling, services);
  let states = createStates(parts, functions, calls, !journal.durable);
  journal.onRefusal = (refusal) => {
    told.onRefusal?.(refusal);
    states.retire((poller) => poller.giveUp());
    states = createStates(parts, functions, calls, false);
  };
  return {
    ...parts,
    services,
    tables,
    functions,
    get sqs() {
      return states.sqs;
    },
    get sns() {
      return states.sns;
    },
    get sts() {
      return states.sts;
    },
    get kms() {
      return states.kms;
    },
    get logs() {
      return states.logs;
    },
    get lambda() {
      return states.lambda;
    },
    get cloudformation() {
      return states.cloudformation;
    },
    get cloudwatch() {
      return states.cloudwatch;
    },
    get apigateway() {
      return states.apigateway;
    },
    get ecs() {
      return states.ecs;
    },
    get elasticloadbalancing() {
      return states.elasticloadbalancing;
    },
    async reset() {
      states.retire((poller) => poller.abandon(), true);
      if (parts.clock instanceof EngineClock) parts.clock.reset();
      journal.clear([SNS_TABLES.signing]);
      policyNotes.clear();
      roleNotes.clear();
      trace.clear(parts.clock.now());
      traces.clear();
      meter.take();
      functions.code.clear();
      states = createStates(parts, functions, calls, true);
      await Promise.all([tables.reset(), journal.committed()]);
    },
  };
}

/** Services that most tests make no use of. */
type Occasional = Pick<
  Engine,
  'lambda' | 'cloudformation' | 'cloudwatch' | 'apigateway' | 'ecs' | 'elasticloadbalancing'
>;

/** The states that belong together. */
interface States extends Occasional, Pick<Engine, 'sqs' | 'sns' | 'sts' | 'kms' | 'logs'> {
  /**
   * Lets nothing that they scheduled run any more, and ends the receives that wait.
   * @param isForgotten whether what is kept on the disk beside the journal goes too.
   */
  retire(end: (poller: Poller) => void, isForgotten?: boolean): void;
}

/** @param isEmpty whether the journal holds nothing that goes on by itself. */
function createStates(
  given: EngineParts,
  host: FunctionHost,
  calls: ServicesPort,
  isEmpty: boolean,
): States {
  const clock = scopedClock(given.clock);
  const parts: EngineParts = { ...given, clock };
  const kms = createKmsState(parts);
  const keys: KeyPort = {
    whyCallerCannotUse: (caller, use) => whyCallerCannotUse(kms, caller, use),
    whyServiceCannotUse: (sender, use) => whyServiceCannotUse(kms, sender, use),
  };
  const queues: QueuePort & QueueFactsPort = {
    deliver: (queueArn, delivery) => deliverFromTopic(sqs, queueArn, delivery),
    factsOf: (queueArn) => queueFacts(sqs, queueArn),
  };
  const logs = createLogsState(parts);
  const writer: LogPort = {
    hasGroup: (...group) => hasGroup(logs, ...group),
    write: (...event) => writeLog(logs, ...event),
  };
  const sts = createStsState(parts);
  const roles: RolePort = {
    keysFor: (...session) => roleKeys(sts, parts, ...session),
    mayUseQueue: (...asked) =>
      mayUseQueue({ ...parts, cloudformation: occasional().cloudformation, sqs, sns }, ...asked),
  };
  const functions: FunctionPort & InvocationPort = {
    deliver: (...event) => deliverEvent(occasional().lambda, ...event),
    invoke: (...invocation) => invokeForService(occasional().lambda, ...invocation),
  };
  const sns = createSnsState(parts, { queues, keys, functions });
  const signing: SigningPort = { seal: (body) => sns.signer.seal(body) };
  const sqs = createSqsState(parts, { keys, signing });
  let made: Occasional | undefined;
  // A reset makes all states anew, and most tests do without these.
  const occasional = (): Occasional => {
    made ??= createOccasional(
      parts,
      { sqs, sns },
      { writer, roles, queues, functions },
      calls,
      host,
    );
    return made;
  };
  watchMinutes(clock, () => occasional().cloudwatch);
  if (!isEmpty) occasional();
  const retire: States['retire'] = (end, isForgotten) => {
    clock.end();
    sqs.isOver = true;
    sns.http.close();
    if (made !== undefined) {
      closeCloudFormation(made.cloudformation);
      closeLambda(made.lambda);
      closeElb(made.elasticloadbalancing);
      host.track(closeEcs(made.ecs, isForgotten));
    }
    for (const queue of sqs.queues.values()) for (const poller of [...queue.pollers]) end(poller);
  };
  return {
    sqs,
    sns,
    sts,
    kms,
    logs,
    get lambda() {
      return occasional().lambda;
    },
    get cloudformation() {
      return occasional().cloudformation;
    },
    get cloudwatch() {
      return occasional().cloudwatch;
    },
    get apigateway() {
      return occasional().apigateway;
    },
    get ecs() {
      return occasional().ecs;
    },
    get elasticloadbalancing() {
      return occasional().elasticloadbalancing;
    },
    retire,
  };
}

function createOccasional(
  parts: EngineParts,
  { sqs, sns }: Pick<States, 'sqs' | 'sns'>,
  ports: {
    readonly writer: LogPort;
    readonly roles: RolePort;
    readonly queues: QueuePort & QueueFactsPort;
    readonly functions: FunctionPort & InvocationPort;
  },
  calls: ServicesPort,
  host: FunctionHost,
): Occasional {
  const { writer: logs, roles, queues, functions } = ports;
  const lambda = createLambdaState(parts, { logs, roles, queues }, host);
  const cloudwatch = createCloudWatch(parts, { sqs, sns, lambda }, host);
  const apigateway = createApiGatewayState(parts, { functions });
  const schedules = createSchedules(parts, functions);
  const cloudformation = createCloudFormationState(parts, calls, schedules);
  const elasticloadbalancing = createElbState(parts);
  const targets = targetPort(elasticloadbalancing);
  const secrets: SecretPort = { valueOf: (arn) => secretValue(cloudformation, arn) };
  const ecs = createEcsState(parts, { logs, roles, secrets, targets }, host);
  host.whenListening(() => resumeOperations(cloudformation));
  return { lambda, cloudformation, cloudwatch, apigateway, ecs, elasticloadbalancing };
}

/** CloudWatch, which measures the others. */
function createCloudWatch(
  parts: EngineParts,
  measured: Pick<States, 'sqs' | 'sns' | 'lambda'>,
  host: FunctionHost,
): CloudWatchState {
  const { meter, clock } = parts;
  const lastUse = new Map<string, number>();
  const resources: MetricPort = {
    lastMinute: () => resourceMetrics({ meter, ...measured }, lastUse, clock.now()),
  };
  const topics: TopicPort = {
    publish: (topicArn, message, sender) =>
      publishAsService(measured.sns, host.endpoint ?? '', topicArn, message, sender),
  };
  return createCloudWatchState(parts, { topics, resources });
}
