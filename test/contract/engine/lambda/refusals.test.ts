import * as commands from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { it } from 'vitest';
import { type Answer, clientAt, expectAnswers, useService } from '../../../fixtures/answers.ts';

const at = useService(commands.LambdaClient);
const ask = (calls: readonly Answer[]) => expectAnswers({ client: at.client, commands }, calls);

const ARN = 'arn:aws:lambda:us-east-1:111122223333:function:f';
const QUEUE = 'arn:aws:sqs:us-east-1:111122223333:queue';
const f = { FunctionName: 'f' };
const allow = {
  ...f,
  StatementId: 's',
  Action: 'lambda:InvokeFunction',
  Principal: 'sns.amazonaws.com',
};
const ELSEWHERE = (runtime: string) =>
  `400 InvalidParameterValueException: The local engine does not run ${runtime}; it runs nodejs22.x, nodejs24.x, python3.12, python3.13, python3.14, provided.al2023. A program of any language runs as provided.al2023 with an executable "bootstrap".`;
/** Beyond the 256 characters of a description. */
const LONG = 'l'.repeat(257);
const TOO_LONG = `400 ValidationException: 1 validation error detected: Value '${LONG}' at 'description' failed to satisfy constraint: Member must have length less than or equal to 256`;
const calls: Answer[] = [
  [
    'UpdateFunctionConfiguration',
    { ...f, Role: 'any' },
    "400 ValidationException: 1 validation error detected: Value 'any' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+",
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Runtime: 'nodejs20.x' },
    '400 InvalidParameterValueException: The runtime parameter of nodejs20.x is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime (nodejs24.x) while creating or updating functions.',
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Runtime: 'nodejs' },
    '400 InvalidParameterValueException: The runtime parameter of nodejs is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime (nodejs24.x) while creating or updating functions.',
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Runtime: 'python3.11' },
    '400 InvalidParameterValueException: The runtime parameter of python3.11 is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime (python3.14) while creating or updating functions.',
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Runtime: 'provided.al2' },
    '400 InvalidParameterValueException: The runtime parameter of provided.al2 is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime (provided.al2023) while creating or updating functions.',
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Runtime: 'go1.x' },
    '400 InvalidParameterValueException: The runtime parameter of go1.x is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime (provided.al2023) while creating or updating functions.',
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Runtime: 'java17' },
    '400 InvalidParameterValueException: The runtime parameter of java17 is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime (java25) while creating or updating functions.',
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Runtime: 'dotnetcore3.1' },
    '400 InvalidParameterValueException: The runtime parameter of dotnetcore3.1 is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime (dotnet10) while creating or updating functions.',
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Runtime: 'ruby3.2' },
    '400 InvalidParameterValueException: The runtime parameter of ruby3.2 is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime (ruby3.4) while creating or updating functions.',
  ],
  ...['dotnet8', 'dotnet10', 'java21', 'java25', 'ruby3.3', 'ruby3.4', 'ruby4.0'].map(
    (Runtime): Answer => ['UpdateFunctionConfiguration', { ...f, Runtime }, ELSEWHERE(Runtime)],
  ),
  [
    'UpdateFunctionConfiguration',
    { ...f, Runtime: 'cobol' },
    "400 InvalidParameterValueException: Value cobol at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs22.x, nodejs24.x, python3.12, python3.13, python3.14, provided.al2023, dotnet8, dotnet10, java21, java25, ruby3.3, ruby3.4, ruby4.0] or be a valid ARN",
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Handler: 'a b' },
    "400 ValidationException: 1 validation error detected: Value 'a b' at 'handler' failed to satisfy constraint: Member must satisfy regular expression pattern: [^\\s]+",
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Handler: 'h'.repeat(129) },
    "400 ValidationException: 1 validation error detected: Value 'hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh' at 'handler' failed to satisfy constraint: Member must have length less than or equal to 128",
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Handler: '' },
    '400 InvalidParameterValueException: Runtime and Handler are mandatory parameters for functions created with deployment packages.',
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Timeout: 0 },
    "400 ValidationException: 1 validation error detected: Value '0' at 'timeout' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Timeout: 901 },
    "400 ValidationException: 1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900",
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, MemorySize: 127 },
    "400 ValidationException: 1 validation error detected: Value '127' at 'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128",
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, MemorySize: 32_769 },
    "400 ValidationException: 1 validation error detected: Value '32769' at 'memorySize' failed to satisfy constraint: Member must have value less than or equal to 32768",
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Description: 'd'.repeat(257) },
    "400 ValidationException: 1 validation error detected: Value 'ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd' at 'description' failed to satisfy constraint: Member must have length less than or equal to 256",
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, LoggingConfig: { LogGroup: 'a b' } },
    "400 ValidationException: 1 validation error detected: Value 'a b' at 'loggingConfig.logGroup' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, LoggingConfig: { LogFormat: 'JSON' } },
    '400 UnsupportedOperation: The local engine does not support the log format JSON.',
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, DeadLetterConfig: { TargetArn: 'any' } },
    "400 ValidationException: 1 validation error detected: Value 'any' at 'deadLetterConfig.targetArn' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()",
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, DeadLetterConfig: { TargetArn: 'arn:aws:lambda:us-east-1:111122223333:function:f' } },
    "400 ValidationException: 1 validation error detected: Value 'arn:aws:lambda:us-east-1:111122223333:function:f' at 'deadLetterConfig.targetArn' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()",
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Environment: { Variables: { AWS_REGION: 'a', LAMBDA_TASK_ROOT: 'b' } } },
    '400 InvalidParameterValueException: Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION, LAMBDA_TASK_ROOT',
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Environment: { Variables: { '1a': 'a' } } },
    "400 ValidationException: 1 validation error detected: Value '{1a=…}' at 'environment.variables' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]",
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Environment: { Variables: { AB: 'a'.repeat(4096) } } },
    '400 InvalidParameterValueException: Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: {"AB":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…',
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, ImageConfig: {} },
    '400 UnsupportedOperation: The local engine does not support functions in container images; give the code as a zip or a folder.',
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, Layers: ['l'] },
    '400 UnsupportedOperation: The local engine does not support layers; put what they hold beside the code.',
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, FileSystemConfigs: [{ Arn: 'a', LocalMountPath: '/mnt/a' }] },
    '400 UnsupportedOperation: The local engine does not support file systems of functions.',
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, VpcConfig: { SubnetIds: ['s'] } },
    '400 UnsupportedOperation: The local engine does not support functions in a VPC.',
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, SnapStart: { ApplyOn: 'PublishedVersions' } },
    '400 UnsupportedOperation: The local engine does not support SnapStart.',
  ],
  [
    'UpdateFunctionConfiguration',
    { ...f, RevisionId: 'other' },
    '412 PreconditionFailedException: The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
  ],
  [
    'UpdateFunctionCode',
    { ...f },
    '400 InvalidParameterValueException: Please provide a source for function code.',
  ],
  [
    'UpdateFunctionCode',
    { ...f, ZipFile: Buffer.from('no zip') },
    '400 InvalidParameterValueException: Could not unzip uploaded file. Please check your file, then try to upload again.',
  ],
  [
    'UpdateFunctionCode',
    { ...f, S3Bucket: 'b', S3Key: 'k' },
    '400 InvalidParameterValueException: The local engine has no S3 (bucket b). Give the code as ZipFile, or a folder of this machine as S3Bucket=hot-reload S3Key=/path.',
  ],
  [
    'UpdateFunctionCode',
    { ...f, ImageUri: 'i' },
    '400 UnsupportedOperation: The local engine does not support functions in container images; give the code as a zip or a folder.',
  ],
  [
    'UpdateFunctionCode',
    { ...f, S3Bucket: 'hot-reload', S3Key: 'relative' },
    '400 InvalidParameterValueException: The folder of the code must be an absolute path: relative',
  ],
  [
    'GetFunction',
    { FunctionName: 'none' },
    '404 ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:111122223333:function:none',
  ],
  [
    'GetFunction',
    { FunctionName: 'f', Qualifier: '7' },
    '404 ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:111122223333:function:f:7',
  ],
  [
    'GetFunction',
    { FunctionName: 'f:1', Qualifier: '2' },
    '400 InvalidParameterValueException: The derived qualifier from the function name does not match the specified qualifier.',
  ],
  [
    'GetFunction',
    { FunctionName: 'f', Qualifier: 'a b' },
    "400 ValidationException: 1 validation error detected: Value 'a b' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: (|[a-zA-Z0-9$_-]+)",
  ],
  [
    'GetFunction',
    { FunctionName: 'f', Qualifier: 'q'.repeat(129) },
    "400 ValidationException: 1 validation error detected: Value 'qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq' at 'qualifier' failed to satisfy constraint: Member must have length less than or equal to 128",
  ],
  [
    'GetFunction',
    { FunctionName: 'f f' },
    "400 ValidationException: 1 validation error detected: Value 'f f' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?",
  ],
  [
    'GetFunction',
    { FunctionName: 'f'.repeat(257) },
    "400 ValidationException: 1 validation error detected: Value 'fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 256",
  ],
  [
    'GetFunction',
    { FunctionName: 'arn:aws:lambda:us-west-2:111122223333:function:f' },
    "404 ResourceNotFoundException: Functions from 'us-west-2' are not reachable in this region ('us-east-1')",
  ],
  [
    'GetFunction',
    { FunctionName: 'arn:aws:lambda:us-east-1:f' },
    "400 ValidationException: 1 validation error detected: Value 'arn:aws:lambda:us-east-1:f' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?",
  ],
  [
    'GetFunction',
    { FunctionName: 'arn:aws-cn:lambda:us-east-1:111122223333:function:f' },
    '404 ResourceNotFoundException: Function not found: arn:aws-cn:lambda:us-east-1:111122223333:function:f',
  ],
  [
    'ListFunctions',
    { MaxItems: 0 },
    "400 ValidationException: 1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    'ListFunctions',
    { MaxItems: 10_001 },
    "400 ValidationException: 1 validation error detected: Value '10001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 10000",
  ],
  ['ListFunctions', { Marker: 'none' }, '400 InvalidParameterValueException: Invalid marker: none'],
  [
    'PutFunctionConcurrency',
    { ...f, ReservedConcurrentExecutions: -1 },
    "400 ValidationException: 1 validation error detected: Value '-1' at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 0",
  ],
  [
    'PutFunctionConcurrency',
    { ...f, ReservedConcurrentExecutions: 901 },
    "400 InvalidParameterValueException: Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
  ],
  [
    'PutFunctionConcurrency',
    { ...f, ReservedConcurrentExecutions: 900 },
    { ReservedConcurrentExecutions: 900 },
  ],
  ['GetFunctionConcurrency', f, { ReservedConcurrentExecutions: 900 }],
  ['DeleteFunctionConcurrency', f, {}],
  ['GetFunctionConcurrency', f, {}],
  [
    'PutFunctionEventInvokeConfig',
    { ...f, MaximumRetryAttempts: -1 },
    "400 ValidationException: 1 validation error detected: Value '-1' at 'maximumRetryAttempts' failed to satisfy constraint: Member must have value greater than or equal to 0",
  ],
  [
    'PutFunctionEventInvokeConfig',
    { ...f, MaximumRetryAttempts: 3 },
    "400 ValidationException: 1 validation error detected: Value '3' at 'maximumRetryAttempts' failed to satisfy constraint: Member must have value less than or equal to 2",
  ],
  [
    'PutFunctionEventInvokeConfig',
    { ...f, MaximumEventAgeInSeconds: 59 },
    "400 ValidationException: 1 validation error detected: Value '59' at 'maximumEventAgeInSeconds' failed to satisfy constraint: Member must have value greater than or equal to 60",
  ],
  [
    'PutFunctionEventInvokeConfig',
    { ...f, MaximumEventAgeInSeconds: 21_601 },
    "400 ValidationException: 1 validation error detected: Value '21601' at 'maximumEventAgeInSeconds' failed to satisfy constraint: Member must have value less than or equal to 21600",
  ],
  [
    'PutFunctionEventInvokeConfig',
    { ...f, DestinationConfig: { OnSuccess: { Destination: 'any' } } },
    '400 InvalidParameterValueException: The provided destination config DestinationConfig(any) is invalid.',
  ],
  [
    'PutFunctionEventInvokeConfig',
    { ...f, DestinationConfig: { OnFailure: { Destination: `${QUEUE}.fifo` } } },
    '400 InvalidParameterValueException: The provided destination config DestinationConfig(arn:aws:sqs:us-east-1:111122223333:queue.fifo) is invalid.',
  ],
  [
    'GetFunctionEventInvokeConfig',
    f,
    "404 ResourceNotFoundException: The function arn:aws:lambda:us-east-1:111122223333:function:f doesn't have an EventInvokeConfig",
  ],
  [
    'UpdateFunctionEventInvokeConfig',
    f,
    "404 ResourceNotFoundException: The function arn:aws:lambda:us-east-1:111122223333:function:f doesn't have an EventInvokeConfig",
  ],
  [
    'DeleteFunctionEventInvokeConfig',
    f,
    "404 ResourceNotFoundException: The function arn:aws:lambda:us-east-1:111122223333:function:f doesn't have an EventInvokeConfig",
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: 'any' },
    '400 InvalidParameterValueException: Unrecognized event source: any',
  ],
  [
    'CreateEventSourceMapping',
    { ...f },
    '400 InvalidParameterValueException: EventSourceArn is required.',
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: `${QUEUE}none` },
    '400 InvalidParameterValueException: Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.',
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: QUEUE, BatchSize: 0 },
    "400 ValidationException: 1 validation error detected: Value '0' at 'batchSize' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: QUEUE, BatchSize: 10_001, MaximumBatchingWindowInSeconds: 1 },
    "400 ValidationException: 1 validation error detected: Value '10001' at 'batchSize' failed to satisfy constraint: Member must have value less than or equal to 10000",
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: QUEUE, BatchSize: 11 },
    '400 InvalidParameterValueException: Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: QUEUE, MaximumBatchingWindowInSeconds: 301 },
    "400 ValidationException: 1 validation error detected: Value '301' at 'maximumBatchingWindowInSeconds' failed to satisfy constraint: Member must have value less than or equal to 300",
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: QUEUE, MaximumBatchingWindowInSeconds: -1 },
    "400 ValidationException: 1 validation error detected: Value '-1' at 'maximumBatchingWindowInSeconds' failed to satisfy constraint: Member must have value greater than or equal to 0",
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: QUEUE, ScalingConfig: { MaximumConcurrency: 1 } },
    "400 ValidationException: 1 validation error detected: Value '1' at 'scalingConfig.maximumConcurrency' failed to satisfy constraint: Member must have value greater than or equal to 2",
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: QUEUE, ScalingConfig: { MaximumConcurrency: 1001 } },
    "400 ValidationException: 1 validation error detected: Value '1001' at 'scalingConfig.maximumConcurrency' failed to satisfy constraint: Member must have value less than or equal to 1000",
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: QUEUE, FunctionResponseTypes: ['Other'] },
    "400 ValidationException: 1 validation error detected: Value '[Other]' at 'functionResponseTypes' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [ReportBatchItemFailures]]",
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: QUEUE, FilterCriteria: { Filters: Array(6).fill({ Pattern: '{}' }) } },
    '400 InvalidParameterValueException: Exceeded the maximum number of filters: 5.',
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: QUEUE, FilterCriteria: { Filters: [{ Pattern: '{' }] } },
    '400 InvalidParameterValueException: Invalid filter pattern definition. failed to parse JSON. Unexpected end-of-input: was expecting double-quote to start field name\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]',
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: QUEUE, FilterCriteria: { Filters: [{ Pattern: ' '.repeat(4097) }] } },
    '400 InvalidParameterValueException: A filter pattern can have 4096 characters at most.',
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: QUEUE, ProvisionedPollerConfig: { MinimumPollers: 1 } },
    '400 UnsupportedOperation: The local engine does not support provisioned pollers.',
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: QUEUE, DestinationConfig: {} },
    '400 InvalidParameterValueException: Unsupported DestinationConfig parameter for given event source mapping type.',
  ],
  [
    'CreateEventSourceMapping',
    { FunctionName: 'none', EventSourceArn: QUEUE },
    '404 ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:111122223333:function:none',
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: `${QUEUE}.fifo`, MaximumBatchingWindowInSeconds: 1 },
    '400 InvalidParameterValueException: Batching window is not supported for FIFO queues.',
  ],
  [
    'CreateEventSourceMapping',
    { ...f, EventSourceArn: `${QUEUE}.fifo`, BatchSize: 11 },
    '400 InvalidParameterValueException: Batch size must be between 1 and 10 inclusive for FIFO queues.',
  ],
  [
    'CreateEventSourceMapping',
    { FunctionName: 'slow', EventSourceArn: QUEUE },
    '400 InvalidParameterValueException: Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds',
  ],
  [
    'GetEventSourceMapping',
    { UUID: 'none' },
    '404 ResourceNotFoundException: The resource you requested does not exist.',
  ],
  [
    'UpdateEventSourceMapping',
    { UUID: 'none' },
    '404 ResourceNotFoundException: The resource you requested does not exist.',
  ],
  [
    'DeleteEventSourceMapping',
    { UUID: 'none' },
    '404 ResourceNotFoundException: The resource you requested does not exist.',
  ],
  [
    'ListEventSourceMappings',
    { MaxItems: 0 },
    "400 ValidationException: 1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    'AddPermission',
    { ...allow, StatementId: 'a b' },
    "400 ValidationException: 1 validation error detected: Value 'a b' at 'statementId' failed to satisfy constraint: Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)",
  ],
  [
    'AddPermission',
    { ...allow, StatementId: 's'.repeat(101) },
    "400 ValidationException: 1 validation error detected: Value 'sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss' at 'statementId' failed to satisfy constraint: Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)",
  ],
  [
    'AddPermission',
    { ...allow, Action: 'invoke' },
    "400 ValidationException: 1 validation error detected: Value 'invoke' at 'action' failed to satisfy constraint: Member must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])",
  ],
  [
    'AddPermission',
    { ...allow, Principal: 'nobody' },
    '400 InvalidParameterValueException: The provided principal was invalid. Please check the principal and try again.',
  ],
  ['GetPolicy', f, '404 ResourceNotFoundException: The resource you requested does not exist.'],
  [
    'AddPermission',
    allow,
    {
      Statement:
        '{"Sid":"s","Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:111122223333:function:f"}',
    },
  ],
  [
    'AddPermission',
    allow,
    '409 ResourceConflictException: The statement id (s) provided already exists. Please provide a new statement id, or remove the existing statement.',
  ],
  [
    'AddPermission',
    {
      ...allow,
      StatementId: 't',
      Principal: '111122223333',
      SourceAccount: '111122223333',
      PrincipalOrgID: 'o-1',
      EventSourceToken: 'e',
      SourceArn: QUEUE,
    },
    {
      Statement:
        '{"Sid":"t","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:111122223333:function:f","Condition":{"StringEquals":{"AWS:SourceAccount":"111122223333","aws:PrincipalOrgID":"o-1","lambda:EventSourceToken":"e"},"ArnLike":{"AWS:SourceArn":"arn:aws:sqs:us-east-1:111122223333:queue"}}}',
    },
  ],
  [
    'AddPermission',
    { ...allow, StatementId: 'u', Principal: '*', Action: '*' },
    {
      Statement:
        '{"Sid":"u","Effect":"Allow","Principal":"*","Action":"*","Resource":"arn:aws:lambda:us-east-1:111122223333:function:f"}',
    },
  ],
  [
    'AddPermission',
    {
      ...allow,
      StatementId: 'v',
      Principal: 'arn:aws:iam::111122223333:user/u',
      Action: 'lambda:*',
    },
    {
      Statement:
        '{"Sid":"v","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/u"},"Action":"lambda:*","Resource":"arn:aws:lambda:us-east-1:111122223333:function:f"}',
    },
  ],
  [
    'AddPermission',
    { ...allow, StatementId: 'w', RevisionId: 'other' },
    '412 PreconditionFailedException: The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
  ],
  [
    'RemovePermission',
    { ...f, StatementId: 'none' },
    '404 ResourceNotFoundException: Statement none is not found in resource policy.',
  ],
  ['RemovePermission', { ...f, StatementId: 's' }, {}],
  [
    'TagResource',
    { Resource: ARN, Tags: { 'aws:k': 'v' } },
    "400 InvalidParameterValueException: The tag aws:k is reserved: aws: is for AWS's own.",
  ],
  [
    'TagResource',
    { Resource: ARN, Tags: { '': 'v' } },
    '400 InvalidParameterValueException: The tag  is too long, or has no key.',
  ],
  [
    'TagResource',
    { Resource: ARN, Tags: { ['k'.repeat(129)]: 'v' } },
    '400 InvalidParameterValueException: The tag kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk is too long, or has no key.',
  ],
  [
    'TagResource',
    { Resource: ARN, Tags: { k: 'v'.repeat(257) } },
    '400 InvalidParameterValueException: The tag k is too long, or has no key.',
  ],
  [
    'TagResource',
    {
      Resource: ARN,
      Tags: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, ''])),
    },
    '400 InvalidParameterValueException: Number of tags exceeds resource tag limit of 50.',
  ],
  ['TagResource', { Resource: ARN, Tags: { k: 'v' } }, {}],
  ['ListTags', { Resource: ARN }, { Tags: { k: 'v' } }],
  ['UntagResource', { Resource: ARN, TagKeys: ['k', 'none'] }, {}],
  ['ListTags', { Resource: ARN }, { Tags: {} }],
  [
    'ListTags',
    { Resource: `${ARN}none` },
    '404 ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:111122223333:function:fnone',
  ],
  [
    'ListTags',
    { Resource: 'arn:aws:lambda:us-east-1:111122223333:event-source-mapping:none' },
    '404 ResourceNotFoundException: The resource you requested does not exist.',
  ],
  [
    'CreateAlias',
    { ...f, Name: 'a b', FunctionVersion: '$LATEST' },
    "400 ValidationException: 1 validation error detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
  ],
  [
    'CreateAlias',
    { ...f, Name: '7', FunctionVersion: '$LATEST' },
    "400 ValidationException: 1 validation error detected: Value '7' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
  ],
  [
    'CreateAlias',
    { ...f, Name: 'a', FunctionVersion: '7' },
    '404 ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:111122223333:function:f:7',
  ],
  [
    'CreateAlias',
    {
      ...f,
      Name: 'a',
      FunctionVersion: '$LATEST',
      RoutingConfig: { AdditionalVersionWeights: { 1: 0.5 } },
    },
    '404 ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:111122223333:function:f:1',
  ],
  [
    'GetAlias',
    { ...f, Name: 'none' },
    '404 ResourceNotFoundException: Cannot find alias arn: arn:aws:lambda:us-east-1:111122223333:function:f:none',
  ],
  [
    'UpdateAlias',
    { ...f, Name: 'none' },
    '404 ResourceNotFoundException: Cannot find alias arn: arn:aws:lambda:us-east-1:111122223333:function:f:none',
  ],
  ['DeleteAlias', { ...f, Name: 'none' }, {}],
  ['CreateAlias', { ...f, Name: 'a', FunctionVersion: '$LATEST', Description: LONG }, TOO_LONG],
  ['PublishVersion', { ...f, Description: LONG }, TOO_LONG],
  [
    'PublishVersion',
    { ...f, RevisionId: 'other' },
    '412 PreconditionFailedException: The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
  ],
  [
    'Invoke',
    { FunctionName: 'none' },
    '404 ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:111122223333:function:none',
  ],
  [
    'Invoke',
    { ...f, InvocationType: 'Other' },
    "400 ValidationException: 1 validation error detected: Value 'Other' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]",
  ],
  [
    'GetFunctionUrlConfig',
    f,
    '400 UnsupportedOperation: The local engine does not support Lambda GetFunctionUrlConfig.',
  ],
  [
    'GetProvisionedConcurrencyConfig',
    { ...f, Qualifier: '1' },
    '400 UnsupportedOperation: The local engine does not support Lambda GetProvisionedConcurrencyConfig.',
  ],
  [
    'DeleteFunction',
    { FunctionName: 'none' },
    '404 ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:111122223333:function:none',
  ],
  [
    'DeleteFunction',
    { ...f, Qualifier: '$LATEST' },
    '400 InvalidParameterValueException: $LATEST version cannot be deleted without deleting the function.',
  ],
];

it('refuses what is out of bounds, with the reason', async () => {
  const sqs = clientAt(SQSClient, at.running);
  await sqs.send(new CreateQueueCommand({ QueueName: 'queue' }));
  await sqs.send(
    new CreateQueueCommand({ QueueName: 'queue.fifo', Attributes: { FifoQueue: 'true' } }),
  );
  sqs.destroy();
  for (const [FunctionName, Timeout] of Object.entries({ f: 3, slow: 31 })) {
    await at.client.send(
      new commands.CreateFunctionCommand({
        FunctionName,
        Timeout,
        Role: 'arn:aws:iam::111122223333:role/any',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Code: { S3Bucket: 'hot-reload', S3Key: import.meta.dirname },
      }),
    );
  }
  await ask(calls);
});
