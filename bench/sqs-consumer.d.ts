/** The part of sqs-consumer that is used, so that types are checked where it isn't installed. */
declare module 'sqs-consumer' {
  interface Message {
    readonly Body?: string;
  }

  export class Consumer {
    static create(options: {
      readonly queueUrl: string;
      readonly sqs: unknown;
      readonly batchSize: number;
      readonly handleMessageBatch: (messages: Message[]) => Promise<Message[]>;
    }): Consumer;
    on(event: 'response_processed', listener: () => void): this;
    on(event: 'error' | 'processing_error', listener: (error: Error) => void): this;
    start(): void;
    stop(options: { readonly abort: boolean }): void;
  }
}
