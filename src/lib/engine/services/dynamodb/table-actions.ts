import type { TableSettings } from './table-settings.ts';

/** An answer of DynamoDB's JSON protocol. */
export interface TableAnswer {
  readonly status: number;
  readonly body: Fields;
}

/** What a table action works with. */
export interface TableContext {
  readonly settings: TableSettings;
  /** Asks the library that keeps the tables. */
  ask(operation: string, input: Fields): Promise<TableAnswer>;
}

type Fields = Record<string, unknown>;
type TableAction = (input: Fields, context: TableContext) => Promise<TableAnswer>;

/** Operations that need what the library doesn't keep: tags at creation, deletion protection, time to live. */
export const TABLE_ACTIONS: Readonly<Record<string, TableAction>> = {
  CreateTable: createTable,
  DeleteTable: deleteTable,
  DescribeTable: describeTable,
  DescribeTimeToLive: describeTimeToLive,
  UpdateTable: updateTable,
  UpdateTimeToLive: updateTimeToLive,
};

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html */
async function createTable(input: Fields, context: TableContext): Promise<TableAnswer> {
  const { Tags, DeletionProtectionEnabled, StreamSpecification, ...rest } = input;
  if (isOn(StreamSpecification)) return streams();
  const answer = await context.ask('CreateTable', rest);
  if (answer.status !== 200) return answer;
  const table = String(rest.TableName);
  const description = answer.body.TableDescription as Fields;
  if (Array.isArray(Tags) && Tags.length > 0) {
    const tagged = await context.ask('TagResource', { ResourceArn: description.TableArn, Tags });
    if (tagged.status !== 200) {
      await context.ask('DeleteTable', { TableName: table });
      return tagged;
    }
  }
  context.settings.remove(table);
  if (DeletionProtectionEnabled === true) {
    context.settings.set(table, { deletionProtection: true });
  }
  return { status: 200, body: { TableDescription: described(description, table, context) } };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html */
async function deleteTable(input: Fields, context: TableContext): Promise<TableAnswer> {
  const table = String(input.TableName);
  if (context.settings.get(table).deletionProtection) {
    return invalid(
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    );
  }
  const answer = await context.ask('DeleteTable', input);
  if (answer.status === 200) context.settings.remove(table);
  return answer;
}

async function describeTable(input: Fields, context: TableContext): Promise<TableAnswer> {
  const answer = await context.ask('DescribeTable', input);
  if (answer.status !== 200) return answer;
  const table = String(input.TableName);
  return { status: 200, body: { Table: described(answer.body.Table as Fields, table, context) } };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html */
async function updateTable(input: Fields, context: TableContext): Promise<TableAnswer> {
  const { DeletionProtectionEnabled, StreamSpecification, ...rest } = input;
  if (isOn(StreamSpecification)) return streams();
  if (changesIndexes(rest.GlobalSecondaryIndexUpdates)) return indexChanges();
  const table = String(rest.TableName);
  const alone = Object.keys(rest).length === 1 && typeof DeletionProtectionEnabled === 'boolean';
  const answer = alone
    ? await context.ask('DescribeTable', rest)
    : await context.ask('UpdateTable', rest);
  if (answer.status !== 200) return answer;
  if (typeof DeletionProtectionEnabled === 'boolean') {
    context.settings.set(table, { deletionProtection: DeletionProtectionEnabled });
  }
  const description = (alone ? answer.body.Table : answer.body.TableDescription) as Fields;
  return { status: 200, body: { TableDescription: described(description, table, context) } };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html */
async function updateTimeToLive(input: Fields, context: TableContext): Promise<TableAnswer> {
  const found = await context.ask('DescribeTable', { TableName: input.TableName });
  if (found.status !== 200) return found;
  const table = String(input.TableName);
  const { Enabled, AttributeName } = (input.TimeToLiveSpecification ?? {}) as Fields;
  if (typeof Enabled !== 'boolean' || typeof AttributeName !== 'string' || AttributeName === '') {
    return invalid('TimeToLiveSpecification must have Enabled and AttributeName');
  }
  const { timeToLive } = context.settings.get(table);
  if (Enabled === (timeToLive !== undefined)) {
    return invalid(`TimeToLive is already ${Enabled ? 'enabled' : 'disabled'}`);
  }
  context.settings.set(table, { timeToLive: Enabled ? AttributeName : undefined });
  return { status: 200, body: { TimeToLiveSpecification: { Enabled, AttributeName } } };
}

async function describeTimeToLive(input: Fields, context: TableContext): Promise<TableAnswer> {
  const answer = await context.ask('DescribeTimeToLive', input);
  const { timeToLive } = context.settings.get(String(input.TableName));
  if (answer.status !== 200 || timeToLive === undefined) return answer;
  const TimeToLiveDescription = { TimeToLiveStatus: 'ENABLED', AttributeName: timeToLive };
  return { status: 200, body: { TimeToLiveDescription } };
}

function described(description: Fields, table: string, { settings }: TableContext): Fields {
  return {
    ...description,
    DeletionProtectionEnabled: settings.get(table).deletionProtection,
  };
}

function isOn(specification: unknown): boolean {
  return (specification as Fields | undefined)?.StreamEnabled === true;
}

/** Whether indexes are added or taken away: the library takes such an update and does nothing. */
function changesIndexes(updates: unknown): boolean {
  return (
    Array.isArray(updates) &&
    updates.some((each: Fields | null) => each !== null && ('Create' in each || 'Delete' in each))
  );
}

function streams(): TableAnswer {
  return refused('UnsupportedOperation', 'The local engine does not support DynamoDB streams.');
}

function indexChanges(): TableAnswer {
  return refused(
    'UnsupportedOperation',
    'The local engine does not add indexes to a table or take them away; create the table with them.',
  );
}

function invalid(message: string): TableAnswer {
  return refused('ValidationException', message);
}

function refused(code: string, message: string): TableAnswer {
  const namespace =
    code === 'ValidationException'
      ? 'com.amazon.coral.validate'
      : 'com.amazonaws.dynamodb.v20120810';
  return { status: 400, body: { __type: `${namespace}#${code}`, message } };
}
