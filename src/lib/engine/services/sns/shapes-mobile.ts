import {
  boolean,
  integer,
  list,
  map,
  type Operation,
  string,
  structure,
} from '../../protocol/shape.ts';

const attributes = map(string);
const application = structure({ PlatformApplicationArn: string, Attributes: attributes });
const endpoint = structure({ EndpointArn: string, Attributes: attributes });

/** The actions of SNS that concern mobile push and SMS, with their shapes. */
export const mobileOperations: Readonly<Record<string, Operation>> = {
  CheckIfPhoneNumberIsOptedOut: {
    input: structure({ phoneNumber: string }, ['phoneNumber']),
    output: structure({ isOptedOut: boolean }),
    resultWrapper: 'CheckIfPhoneNumberIsOptedOutResult',
  },
  CreatePlatformApplication: {
    input: structure({ Name: string, Platform: string, Attributes: attributes }, [
      'Name',
      'Platform',
      'Attributes',
    ]),
    output: structure({ PlatformApplicationArn: string }),
    resultWrapper: 'CreatePlatformApplicationResult',
  },
  CreatePlatformEndpoint: {
    input: structure(
      {
        PlatformApplicationArn: string,
        Token: string,
        CustomUserData: string,
        Attributes: attributes,
      },
      ['PlatformApplicationArn', 'Token'],
    ),
    output: structure({ EndpointArn: string }),
    resultWrapper: 'CreatePlatformEndpointResult',
  },
  DeleteEndpoint: {
    input: structure({ EndpointArn: string }, ['EndpointArn']),
    output: structure({}),
  },
  DeletePlatformApplication: {
    input: structure({ PlatformApplicationArn: string }, ['PlatformApplicationArn']),
    output: structure({}),
  },
  GetEndpointAttributes: {
    input: structure({ EndpointArn: string }, ['EndpointArn']),
    output: structure({ Attributes: attributes }),
    resultWrapper: 'GetEndpointAttributesResult',
  },
  GetPlatformApplicationAttributes: {
    input: structure({ PlatformApplicationArn: string }, ['PlatformApplicationArn']),
    output: structure({ Attributes: attributes }),
    resultWrapper: 'GetPlatformApplicationAttributesResult',
  },
  GetSMSAttributes: {
    input: structure({ attributes: list(string) }),
    output: structure({ attributes }),
    resultWrapper: 'GetSMSAttributesResult',
  },
  ListEndpointsByPlatformApplication: {
    input: structure({ PlatformApplicationArn: string, NextToken: string }, [
      'PlatformApplicationArn',
    ]),
    output: structure({ Endpoints: list(endpoint), NextToken: string }),
    resultWrapper: 'ListEndpointsByPlatformApplicationResult',
  },
  ListPhoneNumbersOptedOut: {
    input: structure({ nextToken: string }),
    output: structure({ phoneNumbers: list(string), nextToken: string }),
    resultWrapper: 'ListPhoneNumbersOptedOutResult',
  },
  ListPlatformApplications: {
    input: structure({ NextToken: string }),
    output: structure({ PlatformApplications: list(application), NextToken: string }),
    resultWrapper: 'ListPlatformApplicationsResult',
  },
  OptInPhoneNumber: {
    input: structure({ phoneNumber: string }, ['phoneNumber']),
    output: structure({}),
    resultWrapper: 'OptInPhoneNumberResult',
  },
  SetEndpointAttributes: {
    input: structure({ EndpointArn: string, Attributes: attributes }, [
      'EndpointArn',
      'Attributes',
    ]),
    output: structure({}),
  },
  SetPlatformApplicationAttributes: {
    input: structure({ PlatformApplicationArn: string, Attributes: attributes }, [
      'PlatformApplicationArn',
      'Attributes',
    ]),
    output: structure({}),
  },
  SetSMSAttributes: {
    input: structure({ attributes }, ['attributes']),
    output: structure({}),
    resultWrapper: 'SetSMSAttributesResult',
  },
  CreateSMSSandboxPhoneNumber: {
    input: structure({ PhoneNumber: string, LanguageCode: string }, ['PhoneNumber']),
    output: structure({}),
    resultWrapper: 'CreateSMSSandboxPhoneNumberResult',
  },
  DeleteSMSSandboxPhoneNumber: {
    input: structure({ PhoneNumber: string }, ['PhoneNumber']),
    output: structure({}),
    resultWrapper: 'DeleteSMSSandboxPhoneNumberResult',
  },
  GetSMSSandboxAccountStatus: {
    input: structure({}),
    output: structure({ IsInSandbox: boolean }),
    resultWrapper: 'GetSMSSandboxAccountStatusResult',
  },
  ListOriginationNumbers: {
    input: structure({ NextToken: string, MaxResults: integer }),
    output: structure({
      NextToken: string,
      PhoneNumbers: list(structure({ PhoneNumber: string })),
    }),
    resultWrapper: 'ListOriginationNumbersResult',
  },
  ListSMSSandboxPhoneNumbers: {
    input: structure({ NextToken: string, MaxResults: integer }),
    output: structure({
      PhoneNumbers: list(structure({ PhoneNumber: string, Status: string })),
      NextToken: string,
    }),
    resultWrapper: 'ListSMSSandboxPhoneNumbersResult',
  },
  VerifySMSSandboxPhoneNumber: {
    input: structure({ PhoneNumber: string, OneTimePassword: string }, [
      'PhoneNumber',
      'OneTimePassword',
    ]),
    output: structure({}),
    resultWrapper: 'VerifySMSSandboxPhoneNumberResult',
  },
};
