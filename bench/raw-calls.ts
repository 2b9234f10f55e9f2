import { connect, type Socket } from 'node:net';
import { BATCH, BODY, type Calls, ENTRY_IDS } from './calls.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One connection that carries one request at a time. */
class Connection {
  readonly #socket: Socket;
  #received = '';
  #closed = false;
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;

  constructor(host: string, port: number) {
    this.#socket = connect(port, host);
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (chunk: string) => this.#receive(chunk));
    this.#socket.on('error', (error) => this.#waiting?.reject(error));
    this.#socket.on('close', () => {
      this.#closed = true;
      this.#waiting?.reject(new Error('The server hung up.'));
    });
  }

  /** Whether another request may go out. */
  get open(): boolean {
    return !this.#closed && this.#socket.writable;
  }

  request(text: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(text, 'latin1');
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #receive(chunk: string): void {
    this.#received += chunk;
    const headers = this.#received.indexOf('\r\n\r\n');
    if (headers < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#received)?.[1]);
    if (this.#received.length < headers + 4 + length) return;
    const answer = {
      status: Number(this.#received.slice(9, 12)),
      body: this.#received.slice(headers + 4),
    };
    this.#received = '';
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }
}

function authorization(service: string): string {
  const scope = `bench/20260101/us-east-1/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${'a'.repeat(64)}`;
}

function form(action: string, topicArn: string, parameters: string): string {
  return `Action=${action}&Version=2010-03-31&TopicArn=${encodeURIComponent(topicArn)}${parameters}`;
}

const tenForm = ENTRY_IDS.map(
  (id, at) =>
    `&PublishBatchRequestEntries.member.${at + 1}.Id=${id}&PublishBatchRequestEntries.member.${at + 1}.Message=${BODY}`,
).join('');

/**
 * The same calls written to the socket by hand: they cost the client a tenth of the SDK's, so that on few cores it is
 * the server that is measured. Only for servers that check no signatures.
 */
export function rawCalls(endpoint: string): Calls & { close(): void } {
  const { hostname, port, host } = new URL(endpoint);
  const all = new Set<Connection>();
  const idle: Connection[] = [];

  async function exchange(headers: string, payload: string): Promise<string> {
    let connection = idle.pop();
    // Some servers close a connection after each answer.
    while (connection !== undefined && !connection.open) {
      all.delete(connection);
      connection = idle.pop();
    }
    connection ??= new Connection(hostname, Number(port));
    all.add(connection);
    const { status, body } = await connection.request(
      `POST / HTTP/1.1\r\nhost: ${host}\r\nx-amz-date: 20260101T000000Z\r\n${headers}\r\ncontent-length: ${payload.length}\r\n\r\n${payload}`,
    );
    idle.push(connection);
    if (status !== 200) throw new Error(`The server answered ${status}: ${body}`);
    return body;
  }

  const sqsHeaders = (action: string) =>
    `content-type: application/x-amz-json-1.0\r\nx-amz-target: AmazonSQS.${action}\r\nauthorization: ${authorization('sqs')}`;
  const snsHeaders = `content-type: application/x-www-form-urlencoded\r\nauthorization: ${authorization('sns')}`;
  const sqs = (action: string, input: object) =>
    exchange(sqsHeaders(action), JSON.stringify(input));
  const batch = async (action: string, input: object) => {
    const { Failed = [] } = JSON.parse(await sqs(action, input)) as { Failed?: unknown[] };
    if (Failed.length > 0) throw new Error(`Entries failed: ${JSON.stringify(Failed)}`);
  };

  return {
    async send(QueueUrl) {
      await sqs('SendMessage', { QueueUrl, MessageBody: BODY });
    },
    sendTen(QueueUrl) {
      const Entries = ENTRY_IDS.map((Id) => ({ Id, MessageBody: BODY }));
      return batch('SendMessageBatch', { QueueUrl, Entries });
    },
    async publish(topicArn) {
      await exchange(snsHeaders, form('Publish', topicArn, `&Message=${BODY}`));
    },
    async publishTen(topicArn) {
      const answer = await exchange(snsHeaders, form('PublishBatch', topicArn, tenForm));
      if (answer.includes('<Code>')) throw new Error(answer);
    },
    async receiveTen(QueueUrl) {
      const input = { QueueUrl, MaxNumberOfMessages: BATCH, WaitTimeSeconds: 0 };
      const answer = JSON.parse(await sqs('ReceiveMessage', input)) as {
        Messages?: { ReceiptHandle: string }[];
      };
      return (answer.Messages ?? []).map(({ ReceiptHandle }) => ReceiptHandle);
    },
    deleteAll(QueueUrl, handles) {
      const Entries = handles.map((ReceiptHandle, at) => ({ Id: `e${at}`, ReceiptHandle }));
      return batch('DeleteMessageBatch', { QueueUrl, Entries });
    },
    close() {
      for (const connection of all) connection.close();
    },
  };
}
