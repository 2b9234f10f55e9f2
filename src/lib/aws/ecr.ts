import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { call } from './call.ts';
import type { Aws } from './clients.ts';

/**
 * What Amazon ECR lets one in with for twelve hours, as Basic authorization (`GetAuthorizationToken`).
 * @param region of the registry. @throws AppError; undefined where the answer has none.
 */
export async function ecrLogin(
  aws: Aws,
  region: string,
): Promise<{ readonly username: string; readonly password: string } | undefined> {
  const { credentials, requestHandler } = aws.sts.config;
  const client = new ECRClient({
    region,
    credentials,
    requestHandler,
    ...(aws.endpoint === undefined ? {} : { endpoint: aws.endpoint }),
  });
  const { authorizationData } = await call(aws, 'log in to Amazon ECR', () =>
    client.send(new GetAuthorizationTokenCommand({})),
  );
  const token = authorizationData?.[0]?.authorizationToken;
  if (token === undefined) return undefined;
  const [, username = '', password = ''] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(token, 'base64').toString()) ?? [];
  return { username, password };
}
