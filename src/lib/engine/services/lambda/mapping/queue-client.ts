import { Agent, type ClientRequest } from 'node:http';
import { receiverProduct } from '../../../../rules/client-name.ts';
import type { RoleKeys } from '../../../ports.ts';
import { callEngine } from '../engine-call.ts';
import type { ReceivedMessage } from './record.ts';

/** The queue answered with an error, or not at all. */
export class QueueCallFailed extends Error {
  override name = 'QueueCallFailed';
  /** Such as `QueueDoesNotExist`; empty where nobody answered. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** One entry that `DeleteMessageBatch` could not delete. */
export interface FailedDelete {
  readonly Id: string;
  readonly SenderFault: boolean;
}

/** Whose queue is spoken to, and how. */
export interface QueueClientOptions {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /** `/<account>/<name>`. */
  readonly path: string;
  readonly region: string;
  /** Who receives, in the engine's list of receivers. */
  readonly functionName: string;
  /** Good at the time of the call. */
  keys(): RoleKeys;
}

const ONE_BATCH = 10;

/** Receives from a queue and deletes from it over SQS's JSON protocol, with the keys of a role. */
export class QueueClient {
  readonly #options: QueueClientOptions;
  readonly #agent = new Agent({ keepAlive: true });
  #receiving: ClientRequest | undefined;

  constructor(options: QueueClientOptions) {
    this.#options = options;
  }

  /** @param most 1 to 10. @param waitSeconds 0 to 20. @throws QueueCallFailed */
  async receive(most: number, waitSeconds: number): Promise<readonly ReceivedMessage[]> {
    const { Messages = [] } = await this.#call<{ Messages?: ReceivedMessage[] }>(
      'ReceiveMessage',
      {
        MaxNumberOfMessages: most,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      },
      true,
    );
    return Messages;
  }

  /** @param handles any number. @returns indexes of those that are still there. @throws QueueCallFailed */
  async delete(handles: readonly string[]): Promise<number[]> {
    const left: number[] = [];
    for (let start = 0; start < handles.length; start += ONE_BATCH) {
      const Entries = handles
        .slice(start, start + ONE_BATCH)
        .map((ReceiptHandle, index) => ({ Id: String(start + index), ReceiptHandle }));
      const { Failed = [] } = await this.#call<{ Failed?: FailedDelete[] }>('DeleteMessageBatch', {
        Entries,
      });
      // A handle that the queue doesn't take won't be taken the next time either.
      for (const { Id, SenderFault } of Failed) if (!SenderFault) left.push(Number(Id));
    }
    return left;
  }

  /** Lets no receive wait any longer; what it would have got stays in the queue. */
  cancelReceive(): void {
    this.#receiving?.destroy();
  }

  close(): void {
    this.#agent.destroy();
  }

  async #call<Output>(action: string, input: object, receiving = false): Promise<Output> {
    const { endpoint, path, region, functionName, keys } = this.#options;
    const answer = await callEngine({
      endpoint,
      region,
      service: 'sqs',
      keys: keys(),
      agent: this.#agent,
      userAgent: receiverProduct('function', functionName, process.pid),
      headers: {
        'Content-Type': 'application/x-amz-json-1.0',
        'X-Amz-Target': `AmazonSQS.${action}`,
      },
      body: JSON.stringify({ QueueUrl: endpoint + path, ...input }),
      onRequest: (call) => {
        if (receiving) this.#receiving = call;
      },
    }).catch((error: unknown) => {
      throw new QueueCallFailed('', error instanceof Error ? error.message : String(error));
    });
    const { status, text } = answer;
    if (status !== 200) throw failureOf(text);
    return (text === '' ? {} : JSON.parse(text)) as Output;
  }
}

function failureOf(text: string): QueueCallFailed {
  try {
    const { __type = '', message = '' } = JSON.parse(text) as Record<string, string>;
    return new QueueCallFailed(__type.slice(__type.indexOf('#') + 1), message);
  } catch {
    return new QueueCallFailed('', text);
  }
}
