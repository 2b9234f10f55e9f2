import type { FunctionSettings } from '../../aws/functions.ts';
import type { MappingSettings } from '../../aws/mappings.ts';
import type { TargetIdentity } from '../../config/target.ts';
import { functionEnvironment } from '../../definition/build-functions.ts';
import { functionOf } from '../../definition/find.ts';
import type {
  FunctionHandlerSpec,
  FunctionSpec,
  SubscriberSpec,
  Topology,
} from '../../definition/topology.ts';

/** Days that the log of a function is kept. */
export const LOG_RETENTION_DAYS = 14;

/** The settings that a function has to have. */
export function functionSettings(
  topology: Topology,
  spec: FunctionSpec,
  identity: Pick<TargetIdentity, 'account'>,
): FunctionSettings {
  const { runtime, handler, timeout, memory, role } = spec;
  return {
    runtime,
    handler,
    timeout,
    memory,
    environment: functionEnvironment(topology, spec),
    role: role ?? placeholderRole(spec, identity),
  };
}

/** A role that nobody looks at: Lambda asks for one, and only AWS has roles. */
function placeholderRole(
  { name }: FunctionSpec,
  { account }: Pick<TargetIdentity, 'account'>,
): string {
  return `arn:aws:iam::${account ?? '000000000000'}:role/${name}`;
}

/** The settings that a subscriber's mapping has to have. */
export function mappingSettings(handler: FunctionHandlerSpec): MappingSettings {
  const { batchSize, window, partialFailures, maximumConcurrency } = handler;
  return { batchSize, window, partialFailures, maximumConcurrency };
}

/** A subscriber that a function handles. */
export interface FunctionSubscriber extends SubscriberSpec {
  readonly handler: FunctionHandlerSpec;
}

/** The subscribers that functions handle, each with its function. */
export function functionSubscribers(
  topology: Pick<Topology, 'subscribers' | 'functions'>,
): { readonly subscriber: FunctionSubscriber; readonly target: FunctionSpec }[] {
  return topology.subscribers.flatMap((subscriber) => {
    const { handler } = subscriber;
    if (handler === undefined || !('function' in handler)) return [];
    const target = functionOf(subscriber, topology.functions);
    return target ? [{ subscriber: { ...subscriber, handler }, target }] : [];
  });
}

/** The name of a mapping in plans and results: its queue and its function. */
export function mappingName(queue: string, functionName: string): string {
  return `${queue} → ${functionName}`;
}
