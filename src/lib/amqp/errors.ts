import type { Broker } from '../config/target.ts';
import { AppError, EXIT } from '../rules/errors.ts';

/** Reply codes ("AMQP 0-9-1 Complete Reference Guide", Constants). */
export const REPLY = {
  accessRefused: 403,
  notFound: 404,
  preconditionFailed: 406,
  notAllowed: 530,
};

/** What kept a connection from being made. */
export function brokerError(broker: Broker, cause: unknown): AppError {
  const text = errorText(cause);
  // amqplib gives what ends the handshake as text alone.
  const code = replyCode(cause) ?? Number(/\b(403|530)\b/.exec(text)?.[1]);
  if (code === REPLY.accessRefused) {
    return new AppError({
      code: 'AccessDenied',
      message: `RabbitMQ at ${broker.url} refuses the user ${broker.username}.`,
      hint: 'Check user, password and vhost of the URL. guest may come from the same machine alone.',
      exitCode: EXIT.denied,
      cause,
    });
  }
  // All that is checked after the user and before the connection is open is the vhost.
  if (code === REPLY.notAllowed || /\bConnectionOpenOk\b/.test(text)) {
    return new AppError({
      code: 'VhostNotFound',
      message: `RabbitMQ at ${broker.url} has no vhost "${broker.vhost}" for the user ${broker.username}.`,
      hint: `Make it with: rabbitmqctl add_vhost ${broker.vhost}; rabbitmqctl set_permissions -p ${broker.vhost} ${broker.username} ".*" ".*" ".*"`,
      exitCode: EXIT.denied,
      cause,
    });
  }
  return unreachable(broker, cause);
}

/** A connection is gone, or nothing comes over it: what was asked may come to something at the next try. */
export function connectionLost(broker: Broker, cause: unknown): AppError {
  return new AppError({
    code: 'ConnectionLost',
    message: `The connection to RabbitMQ at ${broker.url} is lost.`,
    hint: 'Look whether it runs, and has memory and disk: rabbitmq-diagnostics check_running; rabbitmq-diagnostics check_local_alarms',
    cause: passing(cause),
  });
}

/** An exchange that isn't there. */
export function exchangeNotFound(name: string): AppError {
  return new AppError({
    code: 'TopicNotFound',
    message: `There is no exchange "${name}".`,
    hint: 'Create it with: pubsub setup',
  });
}

/** A queue that isn't there. */
export function queueNotFound(name: string): AppError {
  return new AppError({
    code: 'QueueNotFound',
    message: `There is no queue "${name}".`,
    hint: 'Create it with: pubsub setup',
  });
}

/** What a call that reads or settles a queue's messages failed with. */
export function queueFailure(broker: Broker, name: string, error: unknown): AppError {
  const code = replyCode(error);
  if (code === REPLY.notFound) return queueNotFound(name);
  if (code === REPLY.accessRefused) return notAllowed(broker, `read queue "${name}"`, error);
  return connectionLost(broker, error);
}

/** Whether a queue is there. @param ask something of it. @throws AppError where that can't be found out. */
export async function isThere(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'QueueNotFound') return false;
    throw error;
  }
}

/** What the broker refused a call on a channel with. @param what as a clause. */
export function callRefused(broker: Broker, what: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = replyCode(error);
  if (code === REPLY.accessRefused) return notAllowed(broker, what, error);
  if (code === undefined) return connectionLost(broker, error);
  return new AppError({
    code: 'Refused',
    message: `RabbitMQ refused to ${what}: ${errorText(error)}`,
    cause: error,
  });
}

/** A call that the user may not make. @param what as a clause. */
export function notAllowed(broker: Broker, what: string, cause: unknown): AppError {
  return new AppError({
    code: 'AccessDenied',
    message: `The user ${broker.username} may not ${what} at ${broker.url}.`,
    hint: `Allow it with: rabbitmqctl set_permissions -p ${broker.vhost} ${broker.username} ".*" ".*" ".*"`,
    exitCode: EXIT.denied,
    cause,
  });
}

/** The reply code of an error of the broker; undefined for another one. */
export function replyCode(error: unknown): number | undefined {
  const code = codeOf(error);
  return typeof code === 'number' ? code : undefined;
}

function unreachable(broker: Broker, cause: unknown): AppError {
  const code = codeOf(cause);
  const why = typeof code === 'string' ? code : errorText(cause);
  return new AppError({
    code: 'EndpointUnreachable',
    message: `Nothing answers as RabbitMQ does at ${broker.url} (${why}).`,
    hint: 'Check the URL, and that the server runs: rabbitmq-diagnostics check_running',
    cause: passing(cause),
  });
}

/** Marks what may pass by itself, as `isTransient` knows it. */
function passing(cause: unknown): Error {
  const code = codeOf(cause);
  if (cause instanceof Error && typeof code === 'string' && /^E[A-Z_]+$/.test(code)) return cause;
  return Object.assign(new Error(errorText(cause), { cause }), { name: 'TimeoutError' });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
