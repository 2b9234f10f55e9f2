import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as commands from '@aws-sdk/client-dynamodb';
import { afterAll, expect, it } from 'vitest';
import { type Answer, expectAnswers, useService } from '../../../fixtures/answers.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-tables-'));
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));
const at = useService(commands.DynamoDBClient, { stateDir });
const ask = (calls: readonly Answer[]) => expectAnswers({ client: at.client, commands }, calls);

const ARN = 'arn:aws:dynamodb:us-east-1:111122223333:table/orders';
const TableName = 'orders';
const table = {
  TableName,
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
};
const streams = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' };
const alive = (Enabled?: boolean, AttributeName?: string) => ({
  TableName,
  TimeToLiveSpecification: { Enabled, AttributeName },
});
const ofIndex = (change: object) => ({ TableName, GlobalSecondaryIndexUpdates: [change] });
const reserved = { Key: 'AWS:team', Value: 'a' };
const calls: Answer[] = [
  [
    'CreateTable',
    { ...table, TableName: 'other', Tags: [reserved] },
    "400 ValidationException: Tag keys must not begin with 'aws:', which is reserved for AWS",
  ],
  [
    'CreateTable',
    { ...table, TableName: 'other', StreamSpecification: streams },
    '400 UnsupportedOperation: The local engine does not support DynamoDB streams.',
  ],
  ['CreateTable', table, '400 ResourceInUseException: UnknownError'],
  [
    'UpdateTable',
    { TableName, StreamSpecification: streams },
    '400 UnsupportedOperation: The local engine does not support DynamoDB streams.',
  ],
  [
    'UpdateTable',
    ofIndex({ Create: { IndexName: 'i' } }),
    '400 UnsupportedOperation: The local engine does not add indexes to a table or take them away; create the table with them.',
  ],
  [
    'UpdateTable',
    ofIndex({ Delete: { IndexName: 'iii' } }),
    '400 UnsupportedOperation: The local engine does not add indexes to a table or take them away; create the table with them.',
  ],
  [
    'UpdateTable',
    { TableName: 'none', DeletionProtectionEnabled: true },
    '400 ResourceNotFoundException: Requested resource not found: Table: none not found',
  ],
  [
    'UpdateTable',
    { TableName: 'none', BillingMode: 'PAY_PER_REQUEST' },
    '400 ResourceNotFoundException: Requested resource not found: Table: none not found',
  ],
  [
    'TagResource',
    { ResourceArn: ARN, Tags: [reserved] },
    "400 ValidationException: Tag keys must not begin with 'aws:', which is reserved for AWS",
  ],
  [
    'UntagResource',
    { ResourceArn: ARN, TagKeys: ['aws:team'] },
    "400 ValidationException: Tag keys must not begin with 'aws:', which is reserved for AWS",
  ],
  ['UntagResource', { ResourceArn: ARN, TagKeys: ['team'] }, {}],
  [
    'DescribeTable',
    { TableName: 'none' },
    '400 ResourceNotFoundException: Requested resource not found: Table: none not found',
  ],
  [
    'DeleteTable',
    { TableName: 'none' },
    '400 ResourceNotFoundException: Requested resource not found: Table: none not found',
  ],
  [
    'UpdateTimeToLive',
    { ...alive(true, 'expires'), TableName: 'none' },
    '400 ResourceNotFoundException: Requested resource not found: Table: none not found',
  ],
  [
    'UpdateTimeToLive',
    { TableName },
    '400 ValidationException: TimeToLiveSpecification must have Enabled and AttributeName',
  ],
  [
    'UpdateTimeToLive',
    alive(true),
    '400 ValidationException: TimeToLiveSpecification must have Enabled and AttributeName',
  ],
  [
    'UpdateTimeToLive',
    alive(true, ''),
    '400 ValidationException: TimeToLiveSpecification must have Enabled and AttributeName',
  ],
  [
    'UpdateTimeToLive',
    alive(undefined, 'expires'),
    '400 ValidationException: TimeToLiveSpecification must have Enabled and AttributeName',
  ],
  [
    'UpdateTimeToLive',
    alive(false, 'expires'),
    '400 ValidationException: TimeToLive is already disabled',
  ],
  [
    'DescribeTimeToLive',
    { TableName },
    { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } },
  ],
  [
    'UpdateTimeToLive',
    alive(true, 'expires'),
    { TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' } },
  ],
  [
    'UpdateTimeToLive',
    alive(true, 'expires'),
    '400 ValidationException: TimeToLive is already enabled',
  ],
  [
    'DescribeTimeToLive',
    { TableName },
    { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' } },
  ],
  [
    'DescribeTimeToLive',
    { TableName: 'none' },
    '400 ResourceNotFoundException: Requested resource not found: Table: none not found',
  ],
  [
    'DescribeContinuousBackups',
    { TableName },
    '400 UnsupportedOperation: The local engine does not support DynamoDB DescribeContinuousBackups.',
  ],
  [
    'ExecuteStatement',
    { Statement: 'SELECT 1' },
    '400 UnsupportedOperation: The local engine does not support DynamoDB ExecuteStatement.',
  ],
];

it('refuses what is out of bounds, with the reason', async () => {
  await at.client.send(new commands.CreateTableCommand(table as commands.CreateTableCommandInput));
  await ask(calls);
});

it('keeps what the library has no place for through a restart, until the table is gone', async () => {
  const protect = (DeletionProtectionEnabled: boolean) =>
    at.client.send(new commands.UpdateTableCommand({ TableName, DeletionProtectionEnabled }));
  const told = async () => {
    const described = await at.client.send(new commands.DescribeTableCommand({ TableName }));
    const living = await at.client.send(new commands.DescribeTimeToLiveCommand({ TableName }));
    return [described.Table?.DeletionProtectionEnabled, living.TimeToLiveDescription];
  };
  expect((await protect(true)).TableDescription?.DeletionProtectionEnabled).toBe(true);
  const expires = { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' };
  expect(await told()).toEqual([true, expires]);
  await at.restart();
  expect(await told()).toEqual([true, expires]);
  expect((await protect(false)).TableDescription?.DeletionProtectionEnabled).toBe(false);
  await at.client.send(new commands.DeleteTableCommand({ TableName }));
  const making = new commands.CreateTableCommand(table as commands.CreateTableCommandInput);
  // The table may be about to go.
  await expect
    .poll(() =>
      at.client.send(making).then(
        ({ $metadata }) => $metadata.httpStatusCode,
        () => 0,
      ),
    )
    .toBe(200);
  expect(await told()).toEqual([false, { TimeToLiveStatus: 'DISABLED' }]);
});

it('names an operation that DynamoDB has not', async () => {
  const response = await fetch(at.running.endpoint, {
    method: 'POST',
    headers: {
      'X-Amz-Target': 'DynamoDB_20120810.Other',
      'Content-Type': 'application/x-amz-json-1.0',
    },
    body: '{}',
  });
  expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([
    400,
    'application/x-amz-json-1.0',
    { __type: 'com.amazon.coral.service#UnknownOperationException' },
  ]);
  expect(response.headers.get('x-amzn-requestid')).toMatch(/^\S{30,}$/);
});
