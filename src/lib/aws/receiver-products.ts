import type { SQSClient } from '@aws-sdk/client-sqs';

/** By the input of the call that carries it. */
const products = new WeakMap<object, string>();

/**
 * Lets calls of this client carry a product of their own in `User-Agent`: one client receives for several subscribers.
 * It goes through a map rather than through the command's own middleware, which would cost a new stack with each call.
 */
export function allowProducts(sqs: SQSClient): void {
  sqs.middlewareStack.add(
    (next) => (args) => {
      const product = products.get(args.input);
      if (product !== undefined) {
        const { headers } = args.request as { headers: Record<string, string> };
        headers['user-agent'] = `${headers['user-agent'] ?? ''} ${product}`.trimStart();
      }
      return next(args);
    },
    // Behind the SDK's own, which writes the header; the signature leaves it out.
    { step: 'build', priority: 'low', name: 'receiverProduct' },
  );
}

/** The command, sent with `product` in its `User-Agent`; unchanged without one. */
export function withProduct<Command extends { readonly input: object }>(
  command: Command,
  product: string | undefined,
): Command {
  if (product !== undefined) products.set(command.input, product);
  return command;
}
