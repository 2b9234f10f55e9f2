/**
 * What a program has to find in its environment to use an engine instead of AWS.
 *
 * @param token that the engine asks for
 */
export function clientEnvironment(
  endpoint: string,
  region = 'us-east-1',
  token?: string,
): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    ...(token === undefined ? {} : { AWS_SESSION_TOKEN: token }),
  };
}
