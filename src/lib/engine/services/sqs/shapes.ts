import {
  blob,
  boolean,
  integer,
  list,
  long,
  map,
  type Operation,
  string,
  structure,
} from '../../protocol/shape.ts';

const batchResultErrorEntryList = list(
  structure({ Id: string, SenderFault: boolean, Code: string, Message: string }, [
    'Id',
    'SenderFault',
    'Code',
  ]),
  'BatchResultErrorEntry',
);
const queueAttributeMap = map(string, { flat: 'Attribute', key: 'Name', value: 'Value' });
const tagMap = map(string, { flat: 'Tag', key: 'Key', value: 'Value' });
const attributeNameList = list(string, 'AttributeName');
const queueUrlList = list(string, 'QueueUrl');
const stringList = list(string, 'StringListValue');
const binaryList = list(blob, 'BinaryListValue');
const messageBodyAttributeMap = map(
  structure(
    {
      StringValue: string,
      BinaryValue: blob,
      StringListValues: stringList,
      BinaryListValues: binaryList,
      DataType: string,
    },
    ['DataType'],
  ),
  { flat: 'MessageAttribute', key: 'Name', value: 'Value' },
);
const messageBodySystemAttributeMap = map(
  structure(
    {
      StringValue: string,
      BinaryValue: blob,
      StringListValues: stringList,
      BinaryListValues: binaryList,
      DataType: string,
    },
    ['DataType'],
  ),
  { flat: 'MessageSystemAttribute', key: 'Name', value: 'Value' },
);

/** Every action of SQS (API version 2012-11-05) with the shapes of its input and output. */
export const sqsOperations: Readonly<Record<string, Operation>> = {
  AddPermission: {
    input: structure(
      {
        QueueUrl: string,
        Label: string,
        AWSAccountIds: list(string, 'AWSAccountId'),
        Actions: list(string, 'ActionName'),
      },
      ['QueueUrl', 'Label', 'AWSAccountIds', 'Actions'],
    ),
    output: structure({}),
  },
  CancelMessageMoveTask: {
    input: structure({ TaskHandle: string }, ['TaskHandle']),
    output: structure({ ApproximateNumberOfMessagesMoved: long }),
    resultWrapper: 'CancelMessageMoveTaskResult',
  },
  ChangeMessageVisibility: {
    input: structure({ QueueUrl: string, ReceiptHandle: string, VisibilityTimeout: integer }, [
      'QueueUrl',
      'ReceiptHandle',
      'VisibilityTimeout',
    ]),
    output: structure({}),
  },
  ChangeMessageVisibilityBatch: {
    input: structure(
      {
        QueueUrl: string,
        Entries: list(
          structure({ Id: string, ReceiptHandle: string, VisibilityTimeout: integer }, [
            'Id',
            'ReceiptHandle',
          ]),
          'ChangeMessageVisibilityBatchRequestEntry',
        ),
      },
      ['QueueUrl', 'Entries'],
    ),
    output: structure(
      {
        Successful: list(
          structure({ Id: string }, ['Id']),
          'ChangeMessageVisibilityBatchResultEntry',
        ),
        Failed: batchResultErrorEntryList,
      },
      ['Successful', 'Failed'],
    ),
    resultWrapper: 'ChangeMessageVisibilityBatchResult',
  },
  CreateQueue: {
    input: structure({ QueueName: string, Attributes: queueAttributeMap, tags: tagMap }, [
      'QueueName',
    ]),
    output: structure({ QueueUrl: string }),
    resultWrapper: 'CreateQueueResult',
  },
  DeleteMessage: {
    input: structure({ QueueUrl: string, ReceiptHandle: string }, ['QueueUrl', 'ReceiptHandle']),
    output: structure({}),
  },
  DeleteMessageBatch: {
    input: structure(
      {
        QueueUrl: string,
        Entries: list(
          structure({ Id: string, ReceiptHandle: string }, ['Id', 'ReceiptHandle']),
          'DeleteMessageBatchRequestEntry',
        ),
      },
      ['QueueUrl', 'Entries'],
    ),
    output: structure(
      {
        Successful: list(structure({ Id: string }, ['Id']), 'DeleteMessageBatchResultEntry'),
        Failed: batchResultErrorEntryList,
      },
      ['Successful', 'Failed'],
    ),
    resultWrapper: 'DeleteMessageBatchResult',
  },
  DeleteQueue: { input: structure({ QueueUrl: string }, ['QueueUrl']), output: structure({}) },
  GetQueueAttributes: {
    input: structure({ QueueUrl: string, AttributeNames: attributeNameList }, ['QueueUrl']),
    output: structure({ Attributes: queueAttributeMap }),
    resultWrapper: 'GetQueueAttributesResult',
  },
  GetQueueUrl: {
    input: structure({ QueueName: string, QueueOwnerAWSAccountId: string }, ['QueueName']),
    output: structure({ QueueUrl: string }),
    resultWrapper: 'GetQueueUrlResult',
  },
  ListDeadLetterSourceQueues: {
    input: structure({ QueueUrl: string, NextToken: string, MaxResults: integer }, ['QueueUrl']),
    output: structure({ queueUrls: queueUrlList, NextToken: string }, ['queueUrls']),
    resultWrapper: 'ListDeadLetterSourceQueuesResult',
  },
  ListMessageMoveTasks: {
    input: structure({ SourceArn: string, MaxResults: integer }, ['SourceArn']),
    output: structure({
      Results: list(
        structure({
          TaskHandle: string,
          Status: string,
          SourceArn: string,
          DestinationArn: string,
          MaxNumberOfMessagesPerSecond: integer,
          ApproximateNumberOfMessagesMoved: long,
          ApproximateNumberOfMessagesToMove: long,
          FailureReason: string,
          StartedTimestamp: long,
        }),
        'ListMessageMoveTasksResultEntry',
      ),
    }),
    resultWrapper: 'ListMessageMoveTasksResult',
  },
  ListQueueTags: {
    input: structure({ QueueUrl: string }, ['QueueUrl']),
    output: structure({ Tags: tagMap }),
    resultWrapper: 'ListQueueTagsResult',
  },
  ListQueues: {
    input: structure({ QueueNamePrefix: string, NextToken: string, MaxResults: integer }),
    output: structure({ QueueUrls: queueUrlList, NextToken: string }),
    resultWrapper: 'ListQueuesResult',
  },
  PurgeQueue: { input: structure({ QueueUrl: string }, ['QueueUrl']), output: structure({}) },
  ReceiveMessage: {
    input: structure(
      {
        QueueUrl: string,
        AttributeNames: attributeNameList,
        MessageSystemAttributeNames: list(string, 'MessageSystemAttributeName'),
        MessageAttributeNames: list(string, 'MessageAttributeName'),
        MaxNumberOfMessages: integer,
        VisibilityTimeout: integer,
        WaitTimeSeconds: integer,
        ReceiveRequestAttemptId: string,
      },
      ['QueueUrl'],
    ),
    output: structure({
      Messages: list(
        structure({
          MessageId: string,
          ReceiptHandle: string,
          MD5OfBody: string,
          Body: string,
          Attributes: map(string, { flat: 'Attribute', key: 'Name', value: 'Value' }),
          MD5OfMessageAttributes: string,
          MessageAttributes: messageBodyAttributeMap,
        }),
        'Message',
      ),
    }),
    resultWrapper: 'ReceiveMessageResult',
  },
  RemovePermission: {
    input: structure({ QueueUrl: string, Label: string }, ['QueueUrl', 'Label']),
    output: structure({}),
  },
  SendMessage: {
    input: structure(
      {
        QueueUrl: string,
        MessageBody: string,
        DelaySeconds: integer,
        MessageAttributes: messageBodyAttributeMap,
        MessageSystemAttributes: messageBodySystemAttributeMap,
        MessageDeduplicationId: string,
        MessageGroupId: string,
      },
      ['QueueUrl', 'MessageBody'],
    ),
    output: structure({
      MD5OfMessageBody: string,
      MD5OfMessageAttributes: string,
      MD5OfMessageSystemAttributes: string,
      MessageId: string,
      SequenceNumber: string,
    }),
    resultWrapper: 'SendMessageResult',
  },
  SendMessageBatch: {
    input: structure(
      {
        QueueUrl: string,
        Entries: list(
          structure(
            {
              Id: string,
              MessageBody: string,
              DelaySeconds: integer,
              MessageAttributes: messageBodyAttributeMap,
              MessageSystemAttributes: messageBodySystemAttributeMap,
              MessageDeduplicationId: string,
              MessageGroupId: string,
            },
            ['Id', 'MessageBody'],
          ),
          'SendMessageBatchRequestEntry',
        ),
      },
      ['QueueUrl', 'Entries'],
    ),
    output: structure(
      {
        Successful: list(
          structure(
            {
              Id: string,
              MessageId: string,
              MD5OfMessageBody: string,
              MD5OfMessageAttributes: string,
              MD5OfMessageSystemAttributes: string,
              SequenceNumber: string,
            },
            ['Id', 'MessageId', 'MD5OfMessageBody'],
          ),
          'SendMessageBatchResultEntry',
        ),
        Failed: batchResultErrorEntryList,
      },
      ['Successful', 'Failed'],
    ),
    resultWrapper: 'SendMessageBatchResult',
  },
  SetQueueAttributes: {
    input: structure({ QueueUrl: string, Attributes: queueAttributeMap }, [
      'QueueUrl',
      'Attributes',
    ]),
    output: structure({}),
  },
  StartMessageMoveTask: {
    input: structure(
      { SourceArn: string, DestinationArn: string, MaxNumberOfMessagesPerSecond: integer },
      ['SourceArn'],
    ),
    output: structure({ TaskHandle: string }),
    resultWrapper: 'StartMessageMoveTaskResult',
  },
  TagQueue: {
    input: structure({ QueueUrl: string, Tags: tagMap }, ['QueueUrl', 'Tags']),
    output: structure({}),
  },
  UntagQueue: {
    input: structure({ QueueUrl: string, TagKeys: list(string, 'TagKey') }, [
      'QueueUrl',
      'TagKeys',
    ]),
    output: structure({}),
  },
};
