import type { Aws } from './clients.ts';

/** A call that was made. */
export interface MadeCall {
  readonly service: 'sns' | 'sqs' | 'lambda' | 'dynamodb' | 'logs';
  /** Such as `CreateQueue`. */
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The part of an SDK client that takes middleware. */
type Observed = Pick<Aws['sqs'], 'middlewareStack'>;

/**
 * Reports each call that is made from now on, once, however often it is tried. MUST be called before the clients' first
 * call: they keep the middleware of each kind of call from then on.
 */
export function observeCalls(aws: Aws, onCall: (call: MadeCall) => void): void {
  observe(aws.sns as unknown as Observed, 'sns', onCall);
  observe(aws.sqs, 'sqs', onCall);
}

/** The same of the calls that functions and tables take. */
export async function observeFunctionCalls(
  aws: Aws,
  onCall: (call: MadeCall) => void,
): Promise<void> {
  const [lambda, dynamodb, logs] = await Promise.all([aws.lambda(), aws.dynamodb(), aws.logs()]);
  observe(lambda as unknown as Observed, 'lambda', onCall);
  observe(dynamodb as unknown as Observed, 'dynamodb', onCall);
  observe(logs as unknown as Observed, 'logs', onCall);
}

function observe(
  { middlewareStack }: Observed,
  service: MadeCall['service'],
  onCall: (call: MadeCall) => void,
): void {
  middlewareStack.add(
    (next, context) => (args) => {
      onCall({
        service,
        action: (context.commandName ?? '').replace(/Command$/, ''),
        input: args.input as MadeCall['input'],
      });
      return next(args);
    },
    { step: 'initialize', name: 'tellCalls' },
  );
}
