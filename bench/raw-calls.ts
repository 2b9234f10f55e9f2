import { BATCH, BODY, type Calls, ENTRY_IDS } from './calls.ts';
import { Connection } from './http-connection.ts';

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
