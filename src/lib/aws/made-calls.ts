import type { Aws } from './clients.ts';

/** A call that was made of SNS or SQS. */
export interface MadeCall {
  readonly service: 'sns' | 'sqs';
  /** Such as `CreateQueue`. */
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * Tells each call that is made from now on, once, however often it is tried. MUST be called before the clients' first
 * call: they keep the middleware of each kind of call from then on.
 */
export function observeCalls(aws: Aws, onCall: (call: MadeCall) => void): void {
  const tell = (service: MadeCall['service'], command: string | undefined, input: object): void =>
    onCall({
      service,
      action: (command ?? '').replace(/Command$/, ''),
      input: input as MadeCall['input'],
    });
  const options = { step: 'initialize', name: 'observeCalls' } as const;
  aws.sns.middlewareStack.add(
    (next, context) => (args) => {
      tell('sns', context.commandName, args.input);
      return next(args);
    },
    options,
  );
  aws.sqs.middlewareStack.add(
    (next, context) => (args) => {
      tell('sqs', context.commandName, args.input);
      return next(args);
    },
    options,
  );
}
