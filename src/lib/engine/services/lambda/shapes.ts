import { restOperation as operation, type RestOperation } from '../../protocol/rest-json.ts';
import { blob, boolean, integer, list, map, string, structure } from '../../protocol/shape.ts';
import { mappingOperations } from './shapes-mappings.ts';

const tags = map(string);
const any = structure({});
const code = {
  ZipFile: blob,
  S3Bucket: string,
  S3Key: string,
  S3ObjectVersion: string,
  ImageUri: string,
};
const settings = {
  Runtime: string,
  Role: string,
  Handler: string,
  Description: string,
  Timeout: integer,
  MemorySize: integer,
  VpcConfig: structure({ SubnetIds: list(string), SecurityGroupIds: list(string) }),
  DeadLetterConfig: structure({ TargetArn: string }),
  Environment: structure({ Variables: map(string) }),
  KMSKeyArn: string,
  TracingConfig: structure({ Mode: string }),
  Layers: list(string),
  FileSystemConfigs: list(any),
  ImageConfig: any,
  EphemeralStorage: structure({ Size: integer }),
  SnapStart: structure({ ApplyOn: string }),
  LoggingConfig: structure({
    LogFormat: string,
    ApplicationLogLevel: string,
    SystemLogLevel: string,
    LogGroup: string,
  }),
};
const byName = { FunctionName: string };
const qualified = { ...byName, Qualifier: string };
const QUALIFIER = { query: { Qualifier: 'Qualifier' } };
const PAGE = { Marker: string, MaxItems: integer };
const PAGE_QUERY = { Marker: 'Marker', MaxItems: 'MaxItems' };
const aliasFields = {
  FunctionName: string,
  Name: string,
  FunctionVersion: string,
  Description: string,
  RoutingConfig: structure({ AdditionalVersionWeights: map({ kind: 'double' }) }),
  RevisionId: string,
};
const destination = structure({ Destination: string });
const eventConfig = {
  ...qualified,
  MaximumRetryAttempts: integer,
  MaximumEventAgeInSeconds: integer,
  DestinationConfig: structure({ OnSuccess: destination, OnFailure: destination }),
};

/** The actions of Lambda (API version 2015-03-31) that the engine answers, with their input. */
export const lambdaOperations: Readonly<Record<string, RestOperation>> = {
  CreateFunction: operation(
    {
      ...byName,
      ...settings,
      Code: structure(code),
      Publish: boolean,
      PackageType: string,
      Tags: tags,
      Architectures: list(string),
      CodeSigningConfigArn: string,
    },
    ['FunctionName', 'Role', 'Code'],
  ),
  GetFunction: operation(qualified, ['FunctionName'], QUALIFIER),
  GetFunctionConfiguration: operation(qualified, ['FunctionName'], QUALIFIER),
  ListFunctions: operation({ ...PAGE, FunctionVersion: string, MasterRegion: string }, [], {
    query: { ...PAGE_QUERY, FunctionVersion: 'FunctionVersion', MasterRegion: 'MasterRegion' },
  }),
  DeleteFunction: operation(qualified, ['FunctionName'], QUALIFIER),
  UpdateFunctionCode: operation(
    {
      ...byName,
      ...code,
      Publish: boolean,
      DryRun: boolean,
      RevisionId: string,
      Architectures: list(string),
    },
    ['FunctionName'],
  ),
  UpdateFunctionConfiguration: operation({ ...byName, ...settings, RevisionId: string }, [
    'FunctionName',
  ]),
  Invoke: operation(
    {
      ...qualified,
      InvocationType: string,
      LogType: string,
      ClientContext: string,
      Payload: string,
    },
    ['FunctionName'],
    {
      ...QUALIFIER,
      headers: {
        InvocationType: 'x-amz-invocation-type',
        LogType: 'x-amz-log-type',
        ClientContext: 'x-amz-client-context',
      },
      payload: 'Payload',
    },
  ),
  InvokeAsync: operation({ ...byName, InvokeArgs: string }, ['FunctionName'], {
    payload: 'InvokeArgs',
  }),
  PublishVersion: operation(
    { ...byName, CodeSha256: string, Description: string, RevisionId: string },
    ['FunctionName'],
  ),
  ListVersionsByFunction: operation({ ...byName, ...PAGE }, ['FunctionName'], {
    query: PAGE_QUERY,
  }),
  CreateAlias: operation(aliasFields, ['FunctionName', 'Name', 'FunctionVersion']),
  UpdateAlias: operation(aliasFields, ['FunctionName', 'Name']),
  GetAlias: operation({ ...byName, Name: string }, ['FunctionName', 'Name']),
  DeleteAlias: operation({ ...byName, Name: string }, ['FunctionName', 'Name']),
  ListAliases: operation({ ...byName, ...PAGE, FunctionVersion: string }, ['FunctionName'], {
    query: { ...PAGE_QUERY, FunctionVersion: 'FunctionVersion' },
  }),
  AddPermission: operation(
    {
      ...qualified,
      StatementId: string,
      Action: string,
      Principal: string,
      SourceArn: string,
      SourceAccount: string,
      EventSourceToken: string,
      RevisionId: string,
      PrincipalOrgID: string,
    },
    ['FunctionName', 'StatementId', 'Action', 'Principal'],
    QUALIFIER,
  ),
  RemovePermission: operation(
    { ...qualified, StatementId: string, RevisionId: string },
    ['FunctionName', 'StatementId'],
    { query: { Qualifier: 'Qualifier', RevisionId: 'RevisionId' } },
  ),
  GetPolicy: operation(qualified, ['FunctionName'], QUALIFIER),
  PutFunctionConcurrency: operation({ ...byName, ReservedConcurrentExecutions: integer }, [
    'FunctionName',
    'ReservedConcurrentExecutions',
  ]),
  GetFunctionConcurrency: operation(byName, ['FunctionName']),
  DeleteFunctionConcurrency: operation(byName, ['FunctionName']),
  PutFunctionEventInvokeConfig: operation(eventConfig, ['FunctionName'], QUALIFIER),
  UpdateFunctionEventInvokeConfig: operation(eventConfig, ['FunctionName'], QUALIFIER),
  GetFunctionEventInvokeConfig: operation(qualified, ['FunctionName'], QUALIFIER),
  DeleteFunctionEventInvokeConfig: operation(qualified, ['FunctionName'], QUALIFIER),
  ListFunctionEventInvokeConfigs: operation({ ...byName, ...PAGE }, ['FunctionName'], {
    query: PAGE_QUERY,
  }),
  ListTags: operation({ Resource: string }, ['Resource']),
  TagResource: operation({ Resource: string, Tags: tags }, ['Resource', 'Tags']),
  UntagResource: operation({ Resource: string, TagKeys: list(string) }, ['Resource', 'TagKeys'], {
    query: { TagKeys: 'tagKeys' },
  }),
  GetAccountSettings: operation({}, []),
  ...mappingOperations,
};
