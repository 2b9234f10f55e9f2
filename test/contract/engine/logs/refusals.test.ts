import * as commands from '@aws-sdk/client-cloudwatch-logs';
import { it } from 'vitest';
import { type Answer, expectAnswers, useService } from '../../../fixtures/answers.ts';

const at = useService(commands.CloudWatchLogsClient);
const ask = (calls: readonly Answer[]) => expectAnswers({ client: at.client, commands }, calls);

const ARN = 'arn:aws:logs:us-east-1:111122223333:log-group:';
const line = { timestamp: 1, message: 'm' };
/** What `PutRetentionPolicy` takes. */
const DAYS = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096],
  ...[1827, 2192, 2557, 2922, 3288, 3653],
];
const calls: Answer[] = [
  [
    'CreateLogGroup',
    { logGroupName: 'a b' },
    "400 InvalidParameterException: 1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[.\\-_/#A-Za-z0-9]{1,512}$",
  ],
  [
    'CreateLogGroup',
    { logGroupName: '' },
    "400 InvalidParameterException: 1 validation error detected: Value '' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[.\\-_/#A-Za-z0-9]{1,512}$",
  ],
  [
    'CreateLogGroup',
    { logGroupName: 'a'.repeat(513) },
    "400 InvalidParameterException: 1 validation error detected: Value 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[.\\-_/#A-Za-z0-9]{1,512}$",
  ],
  [
    'CreateLogGroup',
    { logGroupName: 'g', tags: { 'aws:k': 'v' } },
    '400 InvalidParameterException: aws: prefixed tag key names are not allowed for external use.',
  ],
  ['CreateLogGroup', { logGroupName: 'g', tags: { k: 'v' } }, {}],
  [
    'CreateLogGroup',
    { logGroupName: 'g' },
    '400 ResourceAlreadyExistsException: The specified log group already exists',
  ],
  [
    'PutRetentionPolicy',
    { logGroupName: 'g', retentionInDays: 2 },
    "400 InvalidParameterException: 1 validation error detected: Value '2' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]",
  ],
  [
    'PutRetentionPolicy',
    { logGroupName: 'none', retentionInDays: 1 },
    '400 ResourceNotFoundException: The specified log group does not exist.',
  ],
  ...DAYS.map(
    (retentionInDays): Answer => ['PutRetentionPolicy', { logGroupName: 'g', retentionInDays }, {}],
  ),
  ['DeleteRetentionPolicy', { logGroupName: 'g' }, {}],
  [
    'DeleteRetentionPolicy',
    { logGroupName: 'none' },
    '400 ResourceNotFoundException: The specified log group does not exist.',
  ],
  [
    'TagResource',
    { resourceArn: `${ARN}g`, tags: { 'AWS:k': 'v' } },
    '400 InvalidParameterException: aws: prefixed tag key names are not allowed for external use.',
  ],
  [
    'TagResource',
    { resourceArn: `${ARN}none`, tags: { k: 'v' } },
    '400 ResourceNotFoundException: The specified log group does not exist.',
  ],
  ['TagResource', { resourceArn: `${ARN}g`, tags: { other: 'v' } }, {}],
  ['ListTagsForResource', { resourceArn: `${ARN}g` }, { tags: { k: 'v', other: 'v' } }],
  ['UntagResource', { resourceArn: `${ARN}g`, tagKeys: ['k'] }, {}],
  ['ListTagsForResource', { resourceArn: `${ARN}g` }, { tags: { other: 'v' } }],
  [
    'ListTagsLogGroup',
    { logGroupName: 'g' },
    '400 UnsupportedOperation: The local engine does not support LOGS ListTagsLogGroup.',
  ],
  [
    'CreateLogStream',
    { logGroupName: 'none', logStreamName: 's' },
    '400 ResourceNotFoundException: The specified log group does not exist.',
  ],
  [
    'CreateLogStream',
    { logGroupName: 'g', logStreamName: 's:s' },
    "400 InvalidParameterException: 1 validation error detected: Value 's:s' at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[^:*]{1,512}$",
  ],
  ['CreateLogStream', { logGroupName: 'g', logStreamName: 's' }, {}],
  [
    'CreateLogStream',
    { logGroupName: 'g', logStreamName: 's' },
    '400 ResourceAlreadyExistsException: The specified log stream already exists',
  ],
  [
    'PutLogEvents',
    { logGroupName: 'g', logStreamName: 's', logEvents: [] },
    "400 InvalidParameterException: 1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length less than or equal to 10000 and greater than or equal to 1",
  ],
  [
    'PutLogEvents',
    { logGroupName: 'g', logStreamName: 's', logEvents: Array(10_001).fill(line) },
    "400 InvalidParameterException: 1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length less than or equal to 10000 and greater than or equal to 1",
  ],
  [
    'PutLogEvents',
    { logGroupName: 'g', logStreamName: 's', logEvents: [{ ...line, message: '' }] },
    '400 InvalidParameterException: Log event message must have at least 1 character.',
  ],
  [
    'PutLogEvents',
    {
      logGroupName: 'g',
      logStreamName: 's',
      logEvents: [
        { ...line, timestamp: 2 },
        { ...line, timestamp: 1 },
      ],
    },
    '400 InvalidParameterException: Log events in a single PutLogEvents request must be in chronological order.',
  ],
  [
    'PutLogEvents',
    {
      logGroupName: 'g',
      logStreamName: 's',
      logEvents: [{ ...line, message: 'm'.repeat(1_048_551) }],
    },
    '400 InvalidParameterException: Upload too large: at most 1048576 bytes are taken at once.',
  ],
  [
    'PutLogEvents',
    { logGroupName: 'g', logStreamName: 'none', logEvents: [line] },
    '400 ResourceNotFoundException: The specified log stream does not exist.',
  ],
  [
    'PutLogEvents',
    { logGroupName: 'none', logStreamName: 's', logEvents: [line] },
    '400 ResourceNotFoundException: The specified log group does not exist.',
  ],
  [
    'GetLogEvents',
    { logGroupName: 'g', logStreamName: 's', limit: 0 },
    '400 InvalidParameterException: limit must be between 1 and 10000',
  ],
  [
    'GetLogEvents',
    { logGroupName: 'g', logStreamName: 's', limit: 10_001 },
    '400 InvalidParameterException: limit must be between 1 and 10000',
  ],
  [
    'GetLogEvents',
    { logGroupName: 'g', logStreamName: 's', nextToken: 'none' },
    '400 InvalidParameterException: The specified nextToken is invalid.',
  ],
  [
    'GetLogEvents',
    { logGroupName: 'g', logStreamName: 'none' },
    '400 ResourceNotFoundException: The specified log stream does not exist.',
  ],
  [
    'FilterLogEvents',
    { logGroupName: 'g', limit: 0 },
    '400 InvalidParameterException: limit must be between 1 and 10000',
  ],
  [
    'FilterLogEvents',
    { logGroupName: 'g', limit: 10_001 },
    '400 InvalidParameterException: limit must be between 1 and 10000',
  ],
  [
    'FilterLogEvents',
    { logGroupName: 'g', nextToken: 'none' },
    '400 InvalidParameterException: The specified nextToken is invalid.',
  ],
  [
    'FilterLogEvents',
    { logGroupName: 'g', logStreamNames: ['s'], logStreamNamePrefix: 's' },
    '400 InvalidParameterException: logStreamNames and logStreamNamePrefix are mutually exclusive parameters.',
  ],
  [
    'FilterLogEvents',
    { logGroupName: 'g', logStreamNames: ['none'] },
    '400 ResourceNotFoundException: The specified log stream does not exist.',
  ],
  [
    'FilterLogEvents',
    { logGroupName: 'g', filterPattern: '{ $.a = 1 }' },
    '400 InvalidParameterException: The local engine reads filter patterns of words and "phrases" only, not JSON, columns or regular expressions.',
  ],
  [
    'FilterLogEvents',
    { logGroupName: 'none' },
    '400 ResourceNotFoundException: The specified log group does not exist.',
  ],
  [
    'DescribeLogGroups',
    { limit: 0 },
    '400 InvalidParameterException: limit must be between 1 and 50',
  ],
  [
    'DescribeLogGroups',
    { limit: 51 },
    '400 InvalidParameterException: limit must be between 1 and 50',
  ],
  [
    'DescribeLogGroups',
    { nextToken: 'none' },
    '400 InvalidParameterException: The specified nextToken is invalid.',
  ],
  [
    'DescribeLogGroups',
    { logGroupNamePrefix: 'g', logGroupNamePattern: 'g' },
    '400 InvalidParameterException: LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
  ],
  [
    'DescribeLogStreams',
    { logGroupName: 'g', orderBy: 'LastEventTime', logStreamNamePrefix: 's' },
    '400 InvalidParameterException: Cannot order by LastEventTime with a logStreamNamePrefix.',
  ],
  [
    'DescribeLogStreams',
    { logGroupName: 'g', limit: 51 },
    '400 InvalidParameterException: limit must be between 1 and 50',
  ],
  [
    'DescribeLogStreams',
    { logGroupName: 'none' },
    '400 ResourceNotFoundException: The specified log group does not exist.',
  ],
  [
    'DeleteLogStream',
    { logGroupName: 'g', logStreamName: 'none' },
    '400 ResourceNotFoundException: The specified log stream does not exist.',
  ],
  ['DeleteLogStream', { logGroupName: 'g', logStreamName: 's' }, {}],
  [
    'DeleteLogGroup',
    { logGroupName: 'none' },
    '400 ResourceNotFoundException: The specified log group does not exist.',
  ],
  ['DeleteLogGroup', { logGroupName: 'g' }, {}],
  [
    'PutMetricFilter',
    { logGroupName: 'g', filterName: 'f', filterPattern: '', metricTransformations: [] },
    '400 UnsupportedOperation: The local engine does not support LOGS PutMetricFilter.',
  ],
];

it('refuses what is out of bounds, with the reason', async () => {
  await ask(calls);
});
