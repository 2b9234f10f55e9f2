import {
  blob,
  boolean,
  list,
  map,
  type Operation,
  string,
  structure,
} from '../../protocol/shape.ts';
import { mobileOperations } from './shapes-mobile.ts';

const topicAttributesMap = map(string);
const tagList = list(structure({ Key: string, Value: string }, ['Key', 'Value']));
const subscriptionAttributesMap = map(string);
const subscriptionsList = list(
  structure({
    SubscriptionArn: string,
    Owner: string,
    Protocol: string,
    Endpoint: string,
    TopicArn: string,
  }),
);
const messageAttributeMap = map(
  structure({ DataType: string, StringValue: string, BinaryValue: blob }, ['DataType']),
  { key: 'Name', value: 'Value' },
);

/** The actions of SNS (API version 2010-03-31) with their shapes. */
export const snsOperations: Readonly<Record<string, Operation>> = {
  ...mobileOperations,
  AddPermission: {
    input: structure(
      { TopicArn: string, Label: string, AWSAccountId: list(string), ActionName: list(string) },
      ['TopicArn', 'Label', 'AWSAccountId', 'ActionName'],
    ),
    output: structure({}),
  },
  ConfirmSubscription: {
    input: structure({ TopicArn: string, Token: string, AuthenticateOnUnsubscribe: string }, [
      'TopicArn',
      'Token',
    ]),
    output: structure({ SubscriptionArn: string }),
    resultWrapper: 'ConfirmSubscriptionResult',
  },
  CreateTopic: {
    input: structure(
      { Name: string, Attributes: topicAttributesMap, Tags: tagList, DataProtectionPolicy: string },
      ['Name'],
    ),
    output: structure({ TopicArn: string }),
    resultWrapper: 'CreateTopicResult',
  },
  DeleteTopic: { input: structure({ TopicArn: string }, ['TopicArn']), output: structure({}) },
  GetDataProtectionPolicy: {
    input: structure({ ResourceArn: string }, ['ResourceArn']),
    output: structure({ DataProtectionPolicy: string }),
    resultWrapper: 'GetDataProtectionPolicyResult',
  },
  GetSubscriptionAttributes: {
    input: structure({ SubscriptionArn: string }, ['SubscriptionArn']),
    output: structure({ Attributes: subscriptionAttributesMap }),
    resultWrapper: 'GetSubscriptionAttributesResult',
  },
  GetTopicAttributes: {
    input: structure({ TopicArn: string }, ['TopicArn']),
    output: structure({ Attributes: topicAttributesMap }),
    resultWrapper: 'GetTopicAttributesResult',
  },
  ListSubscriptions: {
    input: structure({ NextToken: string }),
    output: structure({ Subscriptions: subscriptionsList, NextToken: string }),
    resultWrapper: 'ListSubscriptionsResult',
  },
  ListSubscriptionsByTopic: {
    input: structure({ TopicArn: string, NextToken: string }, ['TopicArn']),
    output: structure({ Subscriptions: subscriptionsList, NextToken: string }),
    resultWrapper: 'ListSubscriptionsByTopicResult',
  },
  ListTagsForResource: {
    input: structure({ ResourceArn: string }, ['ResourceArn']),
    output: structure({ Tags: tagList }),
    resultWrapper: 'ListTagsForResourceResult',
  },
  ListTopics: {
    input: structure({ NextToken: string }),
    output: structure({ Topics: list(structure({ TopicArn: string })), NextToken: string }),
    resultWrapper: 'ListTopicsResult',
  },
  Publish: {
    input: structure(
      {
        TopicArn: string,
        TargetArn: string,
        PhoneNumber: string,
        Message: string,
        Subject: string,
        MessageStructure: string,
        MessageAttributes: messageAttributeMap,
        MessageDeduplicationId: string,
        MessageGroupId: string,
      },
      ['Message'],
    ),
    output: structure({ MessageId: string, SequenceNumber: string }),
    resultWrapper: 'PublishResult',
  },
  PublishBatch: {
    input: structure(
      {
        TopicArn: string,
        PublishBatchRequestEntries: list(
          structure(
            {
              Id: string,
              Message: string,
              Subject: string,
              MessageStructure: string,
              MessageAttributes: messageAttributeMap,
              MessageDeduplicationId: string,
              MessageGroupId: string,
            },
            ['Id', 'Message'],
          ),
        ),
      },
      ['TopicArn', 'PublishBatchRequestEntries'],
    ),
    output: structure({
      Successful: list(structure({ Id: string, MessageId: string, SequenceNumber: string })),
      Failed: list(
        structure({ Id: string, Code: string, Message: string, SenderFault: boolean }, [
          'Id',
          'Code',
          'SenderFault',
        ]),
      ),
    }),
    resultWrapper: 'PublishBatchResult',
  },
  PutDataProtectionPolicy: {
    input: structure({ ResourceArn: string, DataProtectionPolicy: string }, [
      'ResourceArn',
      'DataProtectionPolicy',
    ]),
    output: structure({}),
  },
  RemovePermission: {
    input: structure({ TopicArn: string, Label: string }, ['TopicArn', 'Label']),
    output: structure({}),
  },
  SetSubscriptionAttributes: {
    input: structure({ SubscriptionArn: string, AttributeName: string, AttributeValue: string }, [
      'SubscriptionArn',
      'AttributeName',
    ]),
    output: structure({}),
  },
  SetTopicAttributes: {
    input: structure({ TopicArn: string, AttributeName: string, AttributeValue: string }, [
      'TopicArn',
      'AttributeName',
    ]),
    output: structure({}),
  },
  Subscribe: {
    input: structure(
      {
        TopicArn: string,
        Protocol: string,
        Endpoint: string,
        Attributes: subscriptionAttributesMap,
        ReturnSubscriptionArn: boolean,
      },
      ['TopicArn', 'Protocol'],
    ),
    output: structure({ SubscriptionArn: string }),
    resultWrapper: 'SubscribeResult',
  },
  TagResource: {
    input: structure({ ResourceArn: string, Tags: tagList }, ['ResourceArn', 'Tags']),
    output: structure({}),
    resultWrapper: 'TagResourceResult',
  },
  Unsubscribe: {
    // Its absence is answered by the action, in other words than that of other members.
    input: structure({ SubscriptionArn: string }),
    output: structure({}),
  },
  UntagResource: {
    input: structure({ ResourceArn: string, TagKeys: list(string) }, ['ResourceArn', 'TagKeys']),
    output: structure({}),
    resultWrapper: 'UntagResourceResult',
  },
};
