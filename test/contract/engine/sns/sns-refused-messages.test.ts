import * as commands from '@aws-sdk/client-sns';
import { it } from 'vitest';
import { type Answer, expectAnswers } from '../../../fixtures/answers.ts';
import { useSns } from '../../../fixtures/sns-engine.ts';

const engine = useSns();
const ask = (calls: readonly Answer[]) => expectAnswers({ client: engine.sns, commands }, calls);

const TopicArn = 'arn:aws:sns:us-east-1:111111111111:standard';
const FIFO = 'arn:aws:sns:us-east-1:111111111111:fifo.fifo';
const message = { TopicArn, Message: 'm' };
const text = { DataType: 'String', StringValue: 'v' };
const attribute = (value: object, name = 'name') => ({
  ...message,
  MessageAttributes: { [name]: value },
});
const entry = { Id: 'a', Message: 'm' };
const batch = (...PublishBatchRequestEntries: object[]) => ({
  TopicArn,
  PublishBatchRequestEntries,
});
const fifo = { TopicArn: FIFO, Message: 'm' };
const messages: Answer[] = [
  [
    'Publish',
    { Message: 'm' },
    '400 InvalidParameterException: Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter',
  ],
  [
    'Publish',
    { TopicArn: `${TopicArn}none`, Message: 'm' },
    '404 NotFoundException: Topic does not exist',
  ],
  [
    'Publish',
    { TopicArn, Message: '' },
    '400 InvalidParameterException: Invalid parameter: Empty message',
  ],
  [
    'Publish',
    { ...message, Subject: '' },
    '400 InvalidParameterException: Invalid parameter: Subject',
  ],
  [
    'Publish',
    { ...message, Subject: 's'.repeat(101) },
    '400 InvalidParameterException: Invalid parameter: Subject',
  ],
  [
    'Publish',
    { ...message, Subject: 'a\nb' },
    '400 InvalidParameterException: Invalid parameter: Subject',
  ],
  [
    'Publish',
    { ...message, Subject: 'a\u007f' },
    '400 InvalidParameterException: Invalid parameter: Subject',
  ],
  [
    'Publish',
    { ...message, MessageStructure: 'xml' },
    '400 InvalidParameterException: Invalid parameter: MessageStructure',
  ],
  [
    'Publish',
    { ...message, MessageStructure: 'json' },
    '400 InvalidParameterException: Invalid parameter: Message Structure - JSON message body failed to parse',
  ],
  [
    'Publish',
    { ...message, MessageStructure: 'json', Message: '[]' },
    '400 InvalidParameterException: Invalid parameter: Message Structure - JSON message body failed to parse',
  ],
  [
    'Publish',
    { ...message, MessageStructure: 'json', Message: '{"sqs":"a"}' },
    '400 InvalidParameterException: Invalid parameter: Message Structure - No default entry in JSON message body',
  ],
  [
    'Publish',
    { ...message, MessageStructure: 'json', Message: '{"default":7}' },
    '400 InvalidParameterException: Invalid parameter: Message Structure - No default entry in JSON message body',
  ],
  [
    'Publish',
    { ...message, Message: 'm'.repeat(262_145) },
    '400 InvalidParameterException: Invalid parameter: Message too long',
  ],
  [
    'Publish',
    { ...message, MessageDeduplicationId: 'd' },
    '400 InvalidParameterException: Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
  ],
  [
    'Publish',
    { ...message, MessageGroupId: 'a b' },
    '400 InvalidParameterException: Invalid parameter: MessageGroupId Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length',
  ],
  [
    'Publish',
    { ...message, MessageGroupId: 'g'.repeat(129) },
    '400 InvalidParameterException: Invalid parameter: MessageGroupId Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length',
  ],
  [
    'Publish',
    fifo,
    '400 InvalidParameterException: Invalid parameter: The MessageGroupId parameter is required for FIFO topics',
  ],
  [
    'Publish',
    { ...fifo, MessageGroupId: '' },
    '400 InvalidParameterException: Invalid parameter: The MessageGroupId parameter is required for FIFO topics',
  ],
  [
    'Publish',
    { ...fifo, MessageGroupId: 'g' },
    '400 InvalidParameterException: Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  ],
  [
    'Publish',
    { ...fifo, MessageGroupId: 'g', MessageDeduplicationId: '' },
    '400 InvalidParameterException: Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  ],
  [
    'Publish',
    { ...fifo, MessageGroupId: 'g', MessageDeduplicationId: 'a b' },
    '400 InvalidParameterException: Invalid parameter: MessageDeduplicationId Reason: MessageDeduplicationId can only include alphanumeric and punctuation characters. 1 to 128 in length',
  ],
  [
    'Publish',
    attribute(text, 'n'.repeat(257)),
    '400 InvalidParameterValueException: Length of message attribute name must be less than 256 bytes.',
  ],
  [
    'Publish',
    attribute(text, '.n'),
    "400 InvalidParameterValueException: Invalid message attribute name starting with character '.' was found.",
  ],
  [
    'Publish',
    attribute(text, 'n.'),
    "400 InvalidParameterValueException: Invalid message attribute name ending with character '.' was found.",
  ],
  [
    'Publish',
    attribute(text, 'n..n'),
    "400 InvalidParameterValueException: Message attribute name can not have successive '.' character.",
  ],
  ...['@', '[', '`', '{', '/', ':', ' ', ','].map(
    (character): Answer => [
      'Publish',
      attribute(text, `n${character}`),
      `400 InvalidParameterValueException: Invalid non-alphanumeric character '#x${character.charCodeAt(0).toString(16).toUpperCase()}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    ],
  ),
  [
    'Publish',
    attribute({ StringValue: 'v' }),
    "400 ValidationError: 1 validation error detected: Value null at 'messageAttributes.name.member.dataType' failed to satisfy constraint: Member must not be null",
  ],
  [
    'Publish',
    attribute({ ...text, DataType: '' }),
    "400 InvalidParameterValueException: The message attribute 'name' must contain non-empty message attribute type.",
  ],
  [
    'Publish',
    attribute({ ...text, DataType: 'Text' }),
    "400 InvalidParameterValueException: The message attribute 'name' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
  ],
  [
    'Publish',
    attribute({ ...text, DataType: `String.${'a'.repeat(250)}` }),
    "400 InvalidParameterValueException: The message attribute 'name' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
  ],
  [
    'Publish',
    attribute({ DataType: 'Binary', StringValue: 'v' }),
    "400 InvalidParameterValueException: The message attribute 'name' with type 'Binary' must use field 'Binary'.",
  ],
  [
    'Publish',
    attribute({ DataType: 'Binary.png', StringValue: 'v', BinaryValue: Buffer.from('v') }),
    "400 InvalidParameterValueException: The message attribute 'name' with type 'Binary.png' must use field 'Binary'.",
  ],
  [
    'Publish',
    attribute({ DataType: 'String', BinaryValue: Buffer.from('v') }),
    "400 InvalidParameterValueException: The message attribute 'name' with type 'String' must use field 'String'.",
  ],
  [
    'Publish',
    attribute({ DataType: 'String', StringValue: '' }),
    "400 InvalidParameterValueException: The message attribute 'name' must contain non-empty message attribute value for message attribute type 'String'.",
  ],
  [
    'Publish',
    attribute({ DataType: 'Binary' }),
    "400 InvalidParameterValueException: The message attribute 'name' must contain non-empty message attribute value for message attribute type 'Binary'.",
  ],
  [
    'Publish',
    attribute({ DataType: 'Number', StringValue: 'x' }),
    "400 InvalidParameterValueException: Could not cast message attribute 'name' value to number.",
  ],
  [
    'PublishBatch',
    batch(),
    "400 EmptyBatchRequestException: The batch request doesn't contain any entries.",
  ],
  [
    'PublishBatch',
    batch(...Array.from({ length: 11 }, (_, at) => ({ ...entry, Id: `i${at}` }))),
    '400 TooManyEntriesInBatchRequestException: The batch request contains more entries than permissible.',
  ],
  [
    'PublishBatch',
    batch(entry, entry),
    '400 BatchEntryIdsNotDistinctException: Two or more batch entries in the request have the same Id.',
  ],
  [
    'PublishBatch',
    batch({ ...entry, Id: 'a b' }),
    '400 InvalidBatchEntryIdException: The Id of a batch entry in the batch request contains an impermissible character: a b',
  ],
  [
    'PublishBatch',
    batch({ ...entry, Id: 'a'.repeat(81) }),
    '400 InvalidBatchEntryIdException: The Id of a batch entry in the batch request is too long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  ],
  [
    'PublishBatch',
    batch({ ...entry, Message: '' }, { ...entry, Id: 'b', Subject: '' }),
    {
      Successful: [],
      Failed: [
        {
          Id: 'a',
          Code: 'InvalidParameter',
          SenderFault: true,
          Message: 'Invalid parameter: Empty message',
        },
        {
          Id: 'b',
          Code: 'InvalidParameter',
          SenderFault: true,
          Message: 'Invalid parameter: Subject',
        },
      ],
    },
  ],
  [
    'PublishBatch',
    batch(
      { ...entry, Message: 'm'.repeat(200_000) },
      { ...entry, Id: 'b', Message: 'm'.repeat(100_000) },
    ),
    '400 BatchRequestTooLongException: The length of all the messages put together is more than the limit.',
  ],
  [
    'PublishBatch',
    batch({ ...entry, MessageAttributes: { n: { StringValue: 'v' } } }),
    "400 ValidationError: 1 validation error detected: Value null at 'publishBatchRequestEntries.1.member.messageAttributes.n.member.dataType' failed to satisfy constraint: Member must not be null",
  ],
  [
    'PublishBatch',
    { TopicArn: FIFO, PublishBatchRequestEntries: [entry] },
    '400 InvalidParameterException: Invalid parameter: The MessageGroupId parameter is required for FIFO topics',
  ],
  [
    'Publish',
    { PhoneNumber: '1', Message: 'm' },
    '400 InvalidParameterException: Invalid parameter: PhoneNumber Reason: 1 is not valid to publish to',
  ],
  [
    'Publish',
    { PhoneNumber: '+15550100', Message: 'm'.repeat(1601) },
    '400 InvalidParameterException: Invalid parameter: Message too long',
  ],
  [
    'Publish',
    {
      TargetArn:
        'arn:aws:sns:us-east-1:111111111111:endpoint/GCM/app/12345678-1234-1234-1234-123456789012',
      Message: 'm',
    },
    '400 InvalidParameterException: Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified',
  ],
];

const attributes = (given: object) => ({ attributes: given });
const PhoneNumber = '+15550100';
const sms: Answer[] = [
  [
    'SetSMSAttributes',
    attributes({ MonthlySpendLimit: 'x' }),
    '400 InvalidParameterException: MonthlySpendLimit is invalid',
  ],
  [
    'SetSMSAttributes',
    attributes({ DeliveryStatusIAMRole: 'x' }),
    '400 InvalidParameterException: DeliveryStatusIAMRole is invalid',
  ],
  [
    'SetSMSAttributes',
    attributes({ DeliveryStatusSuccessSamplingRate: '101' }),
    '400 InvalidParameterException: DeliveryStatusSuccessSamplingRate is not an integer between 0-100',
  ],
  [
    'SetSMSAttributes',
    attributes({ DefaultSenderID: '1' }),
    '400 InvalidParameterException: DefaultSenderID is invalid',
  ],
  [
    'SetSMSAttributes',
    attributes({ DefaultSMSType: 'x' }),
    '400 InvalidParameterException: DefaultSMSType is invalid',
  ],
  [
    'SetSMSAttributes',
    attributes({ UsageReportS3Bucket: 'A' }),
    '400 InvalidParameterException: Invalid parameter: UsageReportS3Bucket Reason: The bucket you provided does not exist',
  ],
  [
    'SetSMSAttributes',
    attributes({ Other: 'x' }),
    '400 InvalidParameterException: Other is not a valid attribute',
  ],
  [
    'SetSMSAttributes',
    attributes({
      DefaultSMSType: 'Promotional',
      DeliveryStatusSuccessSamplingRate: '100',
      DefaultSenderID: 'me',
    }),
    {},
  ],
  [
    'GetSMSAttributes',
    {},
    {
      attributes: {
        DefaultSMSType: 'Promotional',
        DeliveryStatusSuccessSamplingRate: '100',
        DefaultSenderID: 'me',
      },
    },
  ],
  [
    'GetSMSAttributes',
    attributes([]),
    {
      attributes: {
        DefaultSMSType: 'Promotional',
        DeliveryStatusSuccessSamplingRate: '100',
        DefaultSenderID: 'me',
      },
    },
  ],
  [
    'GetSMSAttributes',
    attributes(['DefaultSenderID', 'MonthlySpendLimit']),
    { attributes: { DefaultSenderID: 'me' } },
  ],
  [
    'CheckIfPhoneNumberIsOptedOut',
    { phoneNumber: 'x' },
    '400 InvalidParameterException: Invalid parameter: PhoneNumber Reason: input incorrectly formatted',
  ],
  ['CheckIfPhoneNumberIsOptedOut', { phoneNumber: PhoneNumber }, { isOptedOut: false }],
  [
    'OptInPhoneNumber',
    { phoneNumber: 'x' },
    '400 InvalidParameterException: Invalid parameter: PhoneNumber Reason: input incorrectly formatted',
  ],
  ['OptInPhoneNumber', { phoneNumber: PhoneNumber }, {}],
  ['ListPhoneNumbersOptedOut', {}, { phoneNumbers: [] }],
  [
    'ListOriginationNumbers',
    { MaxResults: 31 },
    '400 InvalidParameterException: Invalid parameter: MaxResults Reason: must be between 1 and 30',
  ],
  ['ListOriginationNumbers', { MaxResults: 30 }, { PhoneNumbers: [] }],
  ['GetSMSSandboxAccountStatus', {}, { IsInSandbox: false }],
  [
    'CreateSMSSandboxPhoneNumber',
    { PhoneNumber: '5550100' },
    '400 InvalidParameterException: Invalid parameter: PhoneNumber Reason: input incorrectly formatted',
  ],
  [
    'CreateSMSSandboxPhoneNumber',
    { PhoneNumber, LanguageCode: 'xx' },
    '400 InvalidParameterException: Invalid parameter: LanguageCode',
  ],
  ...Array.from(
    { length: 10 },
    (_, at): Answer => [
      'CreateSMSSandboxPhoneNumber',
      { PhoneNumber: `${PhoneNumber}${at}`, LanguageCode: 'de-DE' },
      {},
    ],
  ),
  [
    'CreateSMSSandboxPhoneNumber',
    { PhoneNumber },
    '400 UserErrorException: An account can have 10 phone numbers in the SMS sandbox.',
  ],
  ['CreateSMSSandboxPhoneNumber', { PhoneNumber: `${PhoneNumber}9` }, {}],
  [
    'VerifySMSSandboxPhoneNumber',
    { PhoneNumber: `${PhoneNumber}9`, OneTimePassword: '00000000' },
    '400 VerificationException: The one-time password is not valid.',
  ],
  [
    'VerifySMSSandboxPhoneNumber',
    { PhoneNumber, OneTimePassword: '00000000' },
    '404 ResourceNotFoundException: Resource does not exist',
  ],
  [
    'DeleteSMSSandboxPhoneNumber',
    { PhoneNumber },
    '404 ResourceNotFoundException: Resource does not exist',
  ],
  ['DeleteSMSSandboxPhoneNumber', { PhoneNumber: `${PhoneNumber}9` }, {}],
  [
    'ListSMSSandboxPhoneNumbers',
    { MaxResults: 0 },
    '400 InvalidParameterException: Invalid parameter: MaxResults Reason: must be between 1 and 100',
  ],
  [
    'ListSMSSandboxPhoneNumbers',
    { MaxResults: 101 },
    '400 InvalidParameterException: Invalid parameter: MaxResults Reason: must be between 1 and 100',
  ],
  [
    'ListSMSSandboxPhoneNumbers',
    { NextToken: 'none' },
    '400 InvalidParameterException: Invalid parameter: NextToken',
  ],
  [
    'ListSMSSandboxPhoneNumbers',
    { MaxResults: 100 },
    {
      PhoneNumbers: [
        { PhoneNumber: '+155501000', Status: 'Pending' },
        { PhoneNumber: '+155501001', Status: 'Pending' },
        { PhoneNumber: '+155501002', Status: 'Pending' },
        { PhoneNumber: '+155501003', Status: 'Pending' },
        { PhoneNumber: '+155501004', Status: 'Pending' },
        { PhoneNumber: '+155501005', Status: 'Pending' },
        { PhoneNumber: '+155501006', Status: 'Pending' },
        { PhoneNumber: '+155501007', Status: 'Pending' },
        { PhoneNumber: '+155501008', Status: 'Pending' },
      ],
    },
  ],
];

const app = (Platform: string, Attributes: object = {}, Name = 'app') => ({
  Name,
  Platform,
  Attributes,
});
const APP = 'arn:aws:sns:us-east-1:111111111111:app/GCM/app';
const key = { PlatformCredential: 'c' };
const mobile: Answer[] = [
  [
    'CreatePlatformApplication',
    app('OTHER', key),
    '400 InvalidParameterException: Invalid parameter: Platform Reason: OTHER is not supported',
  ],
  [
    'CreatePlatformApplication',
    app('GCM', key, 'a b'),
    "400 InvalidParameterException: Invalid parameter: a b Reason: must contain only characters 'a'-'z', 'A'-'Z', '0'-'9', '_', '-', and '.'",
  ],
  [
    'CreatePlatformApplication',
    app('GCM', key, ''),
    '400 InvalidParameterException: Invalid parameter:  Reason: cannot be empty',
  ],
  [
    'CreatePlatformApplication',
    app('GCM', key, 'a'.repeat(257)),
    '400 InvalidParameterException: Invalid parameter: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa Reason: must be at most 256 characters long',
  ],
  [
    'CreatePlatformApplication',
    app('GCM'),
    "400 ValidationError: 1 validation error detected: Value null at 'attributes' failed to satisfy constraint: Member must not be null",
  ],
  [
    'CreatePlatformApplication',
    app('APNS', key),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: PlatformCredential attribute provided without PlatformPrincipal',
  ],
  [
    'CreatePlatformApplication',
    app('GCM', { ...key, Other: 'a' }),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: Invalid attribute name: Other',
  ],
  [
    'CreatePlatformApplication',
    app('GCM', { ...key, SuccessFeedbackSampleRate: '101' }),
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: Invalid value for attribute: SuccessFeedbackSampleRate: 101 value provided is not an integer between 0-100',
  ],
  [
    'CreatePlatformApplication',
    app('GCM', { ...key, SuccessFeedbackSampleRate: '100' }),
    { PlatformApplicationArn: 'arn:aws:sns:us-east-1:111111111111:app/GCM/app' },
  ],
  [
    'CreatePlatformApplication',
    app('GCM', { ...key, SuccessFeedbackSampleRate: '99' }),
    '400 InvalidParameterException: Invalid parameter: Name Reason: An application with the same name but different properties already exists',
  ],
  ...[
    'ADM',
    'APNS',
    'APNS_SANDBOX',
    'APNS_VOIP',
    'APNS_VOIP_SANDBOX',
    'BAIDU',
    'MACOS',
    'MACOS_SANDBOX',
    'MPNS',
    'WNS',
  ].map(
    (Platform): Answer => [
      'CreatePlatformApplication',
      app(Platform, { ...key, PlatformPrincipal: 'p' }),
      { PlatformApplicationArn: `arn:aws:sns:us-east-1:111111111111:app/${Platform}/app` },
    ],
  ),
  [
    'GetPlatformApplicationAttributes',
    { PlatformApplicationArn: APP },
    { Attributes: { Enabled: 'true', SuccessFeedbackSampleRate: '100' } },
  ],
  [
    'SetPlatformApplicationAttributes',
    {
      PlatformApplicationArn: APP,
      Attributes: {
        EventEndpointCreated: TopicArn,
        EventEndpointDeleted: TopicArn,
        EventEndpointUpdated: TopicArn,
        EventDeliveryFailure: TopicArn,
        SuccessFeedbackRoleArn: 'r',
        FailureFeedbackRoleArn: 'r',
        ApplePlatformTeamID: 't',
        ApplePlatformBundleID: 'b',
      },
    },
    {},
  ],
  [
    'GetPlatformApplicationAttributes',
    { PlatformApplicationArn: APP },
    {
      Attributes: {
        Enabled: 'true',
        SuccessFeedbackSampleRate: '100',
        EventEndpointCreated: 'arn:aws:sns:us-east-1:111111111111:standard',
        EventEndpointDeleted: 'arn:aws:sns:us-east-1:111111111111:standard',
        EventEndpointUpdated: 'arn:aws:sns:us-east-1:111111111111:standard',
        EventDeliveryFailure: 'arn:aws:sns:us-east-1:111111111111:standard',
        SuccessFeedbackRoleArn: 'r',
        FailureFeedbackRoleArn: 'r',
        ApplePlatformTeamID: 't',
        ApplePlatformBundleID: 'b',
      },
    },
  ],
  [
    'GetPlatformApplicationAttributes',
    { PlatformApplicationArn: `${APP}none` },
    '404 NotFoundException: PlatformApplication does not exist',
  ],
  [
    'GetPlatformApplicationAttributes',
    { PlatformApplicationArn: 'a:b' },
    '400 InvalidParameterException: Invalid parameter: PlatformApplicationArn Reason: An ARN must have at least 6 elements, not 2',
  ],
  [
    'GetPlatformApplicationAttributes',
    { PlatformApplicationArn: TopicArn },
    '400 InvalidParameterException: Invalid parameter: PlatformApplicationArn Reason: Wrong number of slashes in relative portion of the ARN.',
  ],
  [
    'GetPlatformApplicationAttributes',
    { PlatformApplicationArn: 'arn:aws:sns:us-east-1:222222222222:app/GCM/app' },
    '403 AuthorizationErrorException: User: arn:aws:iam::111111111111:root is not authorized to perform: SNS:GetPlatformApplicationAttributes on resource: arn:aws:sns:us-east-1:222222222222:app/GCM/app',
  ],
  [
    'CreatePlatformEndpoint',
    { PlatformApplicationArn: APP, Token: '' },
    '400 InvalidParameterException: Invalid parameter: Token Reason: cannot be empty',
  ],
  [
    'CreatePlatformEndpoint',
    { PlatformApplicationArn: APP, Token: 't', CustomUserData: 'd'.repeat(2049) },
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: Invalid value for attribute: CustomUserData: must be at most 2048 bytes long in UTF-8 encoding',
  ],
  [
    'CreatePlatformEndpoint',
    { PlatformApplicationArn: APP, Token: 't', Attributes: { Other: 'a' } },
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: Invalid attribute name: Other',
  ],
  [
    'CreatePlatformEndpoint',
    { PlatformApplicationArn: APP, Token: 't', Attributes: { Enabled: 'maybe' } },
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: Invalid value for attribute: Enabled: must be true or false',
  ],
  [
    'CreatePlatformEndpoint',
    { PlatformApplicationArn: APP, Token: 't', Attributes: { Token: '' } },
    '400 InvalidParameterException: Invalid parameter: Attributes Reason: Invalid value for attribute: Token: cannot be empty',
  ],
  [
    'GetEndpointAttributes',
    { EndpointArn: 'arn:aws:sns:us-east-1:111111111111:endpoint/GCM/app/1' },
    '400 InvalidParameterException: Invalid parameter: EndpointArn Reason: ARN specifies an invalid endpointId: UUID must be encoded in exactly 36 characters.',
  ],
  [
    'GetEndpointAttributes',
    {
      EndpointArn:
        'arn:aws:sns:us-east-1:111111111111:endpoint/GCM/app/12345678-1234-1234-1234-123456789012',
    },
    '404 NotFoundException: Endpoint does not exist',
  ],
  [
    'DeleteEndpoint',
    {
      EndpointArn:
        'arn:aws:sns:us-east-1:111111111111:endpoint/GCM/app/12345678-1234-1234-1234-123456789012',
    },
    {},
  ],
  [
    'ListPlatformApplications',
    { NextToken: 'none' },
    '400 InvalidParameterException: Invalid parameter: NextToken',
  ],
  ['ListEndpointsByPlatformApplication', { PlatformApplicationArn: APP }, { Endpoints: [] }],
  ['DeletePlatformApplication', { PlatformApplicationArn: `${APP}none` }, {}],
  ['DeletePlatformApplication', { PlatformApplicationArn: APP }, {}],
];

it('messages, numbers and devices that are out of bounds are refused, with the reason', async () => {
  await engine.topic('standard');
  await engine.topic('fifo.fifo', { FifoTopic: 'true' });
  await ask(messages);
  await ask(sms);
  await ask(mobile);
});
