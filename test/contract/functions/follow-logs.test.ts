import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, it } from 'vitest';
import { followLogs } from '../../../src/lib/functions/follow-log.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';

const endpoint = useEndpoint();

it('shows what several logs have in the order of its times, then goes on', async () => {
  const client = new CloudWatchLogsClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const now = Date.now();
  const put = (logGroupName: string, ...seconds: number[]) =>
    client.send(
      new PutLogEventsCommand({
        logGroupName,
        logStreamName: 'all',
        logEvents: seconds.map((each) => ({
          timestamp: now - 60_000 + each * 1000,
          message: `at ${each}`,
        })),
      }),
    );
  for (const logGroupName of ['ledger', 'fraud']) {
    await client.send(new CreateLogGroupCommand({ logGroupName }));
    await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'all' }));
  }
  await put('ledger', 1, 4);
  await put('fraud', 2, 3);
  const end = new AbortController();
  const logs = ['ledger', 'fraud'].map((name) => ({ name, group: name }));
  const shown: string[] = [];
  const range = { since: now - 120_000, signal: end.signal };
  for await (const { name, line } of followLogs(endpoint.aws, logs, range)) {
    shown.push(`${name} ${line.text}`);
    if (shown.length === 4) await put('ledger', 5);
    if (shown.length === 5) end.abort();
  }
  expect(shown).toEqual(['ledger at 1', 'fraud at 2', 'fraud at 3', 'ledger at 4', 'ledger at 5']);
  client.destroy();
});
