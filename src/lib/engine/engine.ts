import { join } from 'node:path';
import { MessageLog } from './observe/message-log.ts';
import { Trace } from './observe/trace.ts';
import type { EngineOptions, EngineParts } from './parts.ts';
import type { KeyPort, QueuePort, SigningPort } from './ports.ts';
import { createTableProcess, type TableProcess } from './services/dynamodb/table-process.ts';
import { createKmsState, type KmsState } from './services/kms/state.ts';
import { whyCallerCannotUse, whyTopicCannotUse } from './services/kms/use.ts';
import { createLogsState, type LogsState } from './services/logs/state.ts';
import { createSnsState } from './services/sns/create-state.ts';
import type { SnsState } from './services/sns/state.ts';
import { createSqsState } from './services/sqs/create-state.ts';
import { deliverFromTopic } from './services/sqs/deliver.ts';
import type { SqsState } from './services/sqs/state.ts';
import { createStsState, type StsState } from './services/sts/state.ts';

/** An engine's parts and the state of each service, which keeps accounts and regions apart. */
export interface Engine extends EngineParts {
  readonly sqs: SqsState;
  readonly sns: SnsState;
  readonly sts: StsState;
  readonly kms: KmsState;
  readonly logs: LogsState;
  /** DynamoDB: a process of its own. */
  readonly tables: TableProcess;
}

/** Wires the services' states, which read back what the journal holds, and gives each its ports to the others. */
export function createEngine(
  options: EngineOptions,
  journal: EngineParts['journal'],
  given: Pick<EngineParts, 'clock' | 'faults'>,
): Engine {
  const trace = new Trace(
    (at) => given.clock.timestamp(at),
    new MessageLog(given.clock.timestamp(given.clock.now())),
  );
  const parts: EngineParts = { options, journal, trace, ...given };
  const kms = createKmsState(parts);
  const keys: KeyPort = {
    whyCallerCannotUse: (caller, use) => whyCallerCannotUse(kms, caller, use),
    whyTopicCannotUse: (topic, use) => whyTopicCannotUse(kms, topic, use),
  };
  const queues: QueuePort = {
    deliver: (queueArn, delivery) => deliverFromTopic(sqs, queueArn, delivery),
  };
  const sns = createSnsState(parts, { queues, keys });
  const signing: SigningPort = { seal: (body) => sns.signer.seal(body) };
  const sqs = createSqsState(parts, { keys, signing });
  const { stateDir } = options;
  const tables = createTableProcess(stateDir === undefined ? undefined : join(stateDir, 'tables'));
  return {
    ...parts,
    sqs,
    sns,
    sts: createStsState(parts),
    kms,
    logs: createLogsState(parts),
    tables,
  };
}
