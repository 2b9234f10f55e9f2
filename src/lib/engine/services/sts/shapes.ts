import {
  integer,
  list,
  type Operation,
  string,
  structure,
  timestamp,
} from '../../protocol/shape.ts';

const credentials = structure(
  { AccessKeyId: string, SecretAccessKey: string, SessionToken: string, Expiration: timestamp },
  ['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration'],
);

/** The actions of STS (API version 2011-06-15) that the engine answers, with their shapes. */
export const stsOperations: Readonly<Record<string, Operation>> = {
  AssumeRole: {
    input: structure(
      {
        RoleArn: string,
        RoleSessionName: string,
        PolicyArns: list(structure({ arn: string })),
        Policy: string,
        DurationSeconds: integer,
        Tags: list(structure({ Key: string, Value: string }, ['Key', 'Value'])),
        TransitiveTagKeys: list(string),
        ExternalId: string,
        SerialNumber: string,
        TokenCode: string,
        SourceIdentity: string,
        ProvidedContexts: list(structure({ ProviderArn: string, ContextAssertion: string })),
      },
      ['RoleArn', 'RoleSessionName'],
    ),
    output: structure({
      Credentials: credentials,
      AssumedRoleUser: structure({ AssumedRoleId: string, Arn: string }, ['AssumedRoleId', 'Arn']),
      PackedPolicySize: integer,
      SourceIdentity: string,
    }),
    resultWrapper: 'AssumeRoleResult',
  },
  GetCallerIdentity: {
    input: structure({}),
    output: structure({ UserId: string, Account: string, Arn: string }),
    resultWrapper: 'GetCallerIdentityResult',
  },
  GetSessionToken: {
    input: structure({ DurationSeconds: integer, SerialNumber: string, TokenCode: string }),
    output: structure({ Credentials: credentials }),
    resultWrapper: 'GetSessionTokenResult',
  },
};

/** Actions that STS has and the engine hasn't. */
export const stsUnsupported: ReadonlySet<string> = new Set([
  'AssumeRoleWithSAML',
  'AssumeRoleWithWebIdentity',
  'AssumeRoot',
  'DecodeAuthorizationMessage',
  'GetAccessKeyInfo',
  'GetDelegatedAccessToken',
  'GetFederationToken',
  'GetWebIdentityToken',
]);
