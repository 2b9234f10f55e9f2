import {
  boolean,
  integer,
  list,
  long,
  map,
  type Operation,
  string,
  structure,
} from '../../protocol/shape.ts';

const nothing = structure({});
const page = { nextToken: string };
const tags = map(string);

const logGroup = structure({
  logGroupName: string,
  creationTime: long,
  retentionInDays: integer,
  metricFilterCount: integer,
  arn: string,
  storedBytes: long,
  logGroupClass: string,
  logGroupArn: string,
});
const logStream = structure({
  logStreamName: string,
  creationTime: long,
  firstEventTimestamp: long,
  lastEventTimestamp: long,
  lastIngestionTime: long,
  uploadSequenceToken: string,
  arn: string,
  storedBytes: long,
});
const inputLogEvent = structure({ timestamp: long, message: string }, ['timestamp', 'message']);
const outputLogEvent = structure({ timestamp: long, message: string, ingestionTime: long });
const filteredLogEvent = structure({
  logStreamName: string,
  timestamp: long,
  message: string,
  ingestionTime: long,
  eventId: string,
});
const group = { logGroupName: string };
const stream = { ...group, logStreamName: string };

/** The actions of CloudWatch Logs (API version 2014-03-28) that the engine answers, with their shapes. */
export const logsOperations: Readonly<Record<string, Operation>> = {
  CreateLogGroup: operation(
    structure({ ...group, kmsKeyId: string, tags, logGroupClass: string }, ['logGroupName']),
  ),
  CreateLogStream: operation(structure(stream, ['logGroupName', 'logStreamName'])),
  DeleteLogGroup: operation(structure(group, ['logGroupName'])),
  DeleteLogStream: operation(structure(stream, ['logGroupName', 'logStreamName'])),
  DeleteRetentionPolicy: operation(structure(group, ['logGroupName'])),
  DescribeLogGroups: operation(
    structure({
      logGroupNamePrefix: string,
      logGroupNamePattern: string,
      nextToken: string,
      limit: integer,
    }),
    structure({ logGroups: list(logGroup), ...page }),
  ),
  DescribeLogStreams: operation(
    structure({
      ...group,
      logGroupIdentifier: string,
      logStreamNamePrefix: string,
      orderBy: string,
      descending: boolean,
      nextToken: string,
      limit: integer,
    }),
    structure({ logStreams: list(logStream), ...page }),
  ),
  FilterLogEvents: operation(
    structure({
      ...group,
      logGroupIdentifier: string,
      logStreamNames: list(string),
      logStreamNamePrefix: string,
      startTime: long,
      endTime: long,
      filterPattern: string,
      nextToken: string,
      limit: integer,
      interleaved: boolean,
    }),
    structure({
      events: list(filteredLogEvent),
      searchedLogStreams: list(structure({})),
      ...page,
    }),
  ),
  GetLogEvents: operation(
    structure(
      {
        ...stream,
        logGroupIdentifier: string,
        startTime: long,
        endTime: long,
        nextToken: string,
        limit: integer,
        startFromHead: boolean,
      },
      ['logStreamName'],
    ),
    structure({
      events: list(outputLogEvent),
      nextForwardToken: string,
      nextBackwardToken: string,
    }),
  ),
  ListTagsForResource: operation(
    structure({ resourceArn: string }, ['resourceArn']),
    structure({ tags }),
  ),
  PutLogEvents: operation(
    structure({ ...stream, logEvents: list(inputLogEvent), sequenceToken: string }, [
      'logGroupName',
      'logStreamName',
      'logEvents',
    ]),
    structure({
      nextSequenceToken: string,
      rejectedLogEventsInfo: structure({
        tooNewLogEventStartIndex: integer,
        tooOldLogEventEndIndex: integer,
        expiredLogEventEndIndex: integer,
      }),
    }),
  ),
  PutRetentionPolicy: operation(
    structure({ ...group, retentionInDays: integer }, ['logGroupName', 'retentionInDays']),
  ),
  TagResource: operation(structure({ resourceArn: string, tags }, ['resourceArn', 'tags'])),
  UntagResource: operation(
    structure({ resourceArn: string, tagKeys: list(string) }, ['resourceArn', 'tagKeys']),
  ),
};

/** An action without output is answered with an empty body. */
function operation(input: Operation['input'], output?: Operation['output']): Operation {
  if (output === undefined) return { input, output: nothing };
  return { input, output, resultWrapper: '' };
}
