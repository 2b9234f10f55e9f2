import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isDirect } from '../../../src/lib/aws/proxy.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { openTerminal } from '../../fixtures/terminal.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();
const KEY = 'aws_access_key_id = 111122223333\naws_secret_access_key = x';
const ROLE = 'role_arn = arn:aws:iam::111122223333:role/x';

beforeAll(() => {
  const folder = join(pubsub.env.HOME ?? '', '.aws');
  mkdirSync(folder);
  const { url } = endpoint;
  const expired =
    '{"Version":1,"AccessKeyId":"a","SecretAccessKey":"b","Expiration":"2020-01-01T00:00:00Z"}';
  const counted = `${folder}/runs; echo '{"Version":1,"AccessKeyId":"111122223333","SecretAccessKey":"b"}'`;
  const profiles = {
    own: `endpoint_url = ${url}\n${KEY}`,
    services: `services = here\nendpoint_url = http://127.0.0.1:1\n${KEY}`,
    'no-process': 'credential_process = /no/such/program --secret hunter2',
    expired: `credential_process = echo '${expired}'`,
    garbled: 'credential_process = echo hello',
    counted: `endpoint_url = ${url}\ncredential_process = sh ${folder}/credentials.sh`,
    'no-source': `${ROLE}\nsource_profile = owm`,
    circle: `${ROLE}\nsource_profile = circle-2`,
    'circle-2': `${ROLE}\nsource_profile = circle`,
    sourceless: ROLE,
    half: 'aws_access_key_id = AKIA',
    sso: 'sso_session = s\nsso_account_id = 111122223333\nsso_role_name = r',
    'no-session': 'sso_session = t\nsso_account_id = 111122223333\nsso_role_name = r',
    web: `${ROLE}\nweb_identity_token_file = /no/such/token`,
    mfa: `${ROLE}\nsource_profile = own\nmfa_serial = arn:aws:iam::111122223333:mfa/me\nendpoint_url = ${url}`,
    empty: 'output = json',
    role: `${ROLE}\nsource_profile = own`,
    bundle: `ca_bundle = /no/such/ca.pem\n${KEY}`,
  };
  writeFileSync(join(folder, 'credentials.sh'), `echo x >> ${counted}\n`);
  writeFileSync(
    join(folder, 'config'),
    [
      ...Object.entries(profiles).map(
        ([name, text]) => `[profile ${name}]\nregion = us-east-1\n${text}`,
      ),
      `[services here]\nsns =\n  endpoint_url = ${url}\nsqs =\n  endpoint_url = ${url}\nsts =\n  endpoint_url = ${url}`,
      '[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://example.awsapps.com/start',
      '',
    ].join('\n'),
  );
});

const alone = { AWS_EC2_METADATA_DISABLED: 'true' };

/** Runs a command in a process whose whole environment is the fixture's: the SDK reads that of the process. */
async function run(args: readonly string[], given: Record<string, string> = {}) {
  const env = { ...alone, ...given };
  const before = { ...process.env };
  replaceEnvironment({ ...pubsub.env, ...env });
  try {
    return await pubsub.run(args, { env });
  } finally {
    replaceEnvironment(before);
  }
}

function replaceEnvironment(by: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, by);
}

const whoami = (words: readonly string[], env?: Record<string, string>) =>
  run(['whoami', '--target', 'aws', ...words], env);

describe('credentials that are not there', () => {
  it.each([
    ['owm', 'There is no AWS profile "owm". Did you mean "own"?', 'list-profiles'],
    [
      'no-process',
      /The credential_process of profile "no-process" gave no credentials: \S*sh: .*not found\.\n/,
      'by hand',
    ],
    ['expired', 'expired', 'by hand'],
    ['garbled', 'The credential_process of profile "garbled"', 'by hand'],
    ['no-source', 'source_profile "owm", which does not exist. Did you mean "own"?', 'Fix profile'],
    ['circle', 'leads back to itself', 'Fix profile'],
    ['sourceless', 'has a role_arn, but no source_profile', 'Fix profile'],
    ['half', 'Profile "half" has no aws_secret_access_key', 'aws configure --profile half'],
    ['sso', 'The SSO login of profile "sso" is over', 'aws sso login --profile sso'],
    ['no-session', 'names the sso_session "t", which does not exist', 'aws configure sso'],
    ['web', 'the token file /no/such/token is not there', 'token file'],
    ['empty', 'names no credentials', 'aws configure --profile empty'],
    ['mfa', 'needs a code of the MFA device arn:aws:iam::111122223333:mfa/me', 'get-session-token'],
  ])('say why: profile %s', async (profile, reason, cure) => {
    const { stderr, stdout, code } = await whoami(['--profile', profile]);
    expect(stderr).toMatch(reason);
    expect(stderr).toContain(cure);
    expect(stderr).not.toContain('hunter2');
    expect(stdout).toBe('');
    expect(code).toBe(4);
  });

  it.each([
    ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY is not'],
    ['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID is not'],
  ])('say that the other half of %s is missing', async (name, words) => {
    const { stderr, code } = await whoami([], { [name]: 'x', AWS_REGION: 'us-east-1' });
    expect(stderr).toContain(words);
    expect(code).toBe(4);
  });

  it('come from a credential_process that is run once for all clients', async () => {
    const { code } = await run(['setup', '--yes', '--target', 'aws', '--profile', 'counted']);
    expect(code).toBe(0);
    expect(readFileSync(join(pubsub.env.HOME ?? '', '.aws/runs'), 'utf8')).toBe('x\n');
  });

  it('are completed by an MFA code that is asked for on a terminal', async () => {
    const terminal = openTerminal(['whoami', '--target', 'aws', '--profile', 'mfa'], {
      ...pubsub.env,
      ...alone,
      AWS_ENDPOINT_URL_STS: endpoint.url,
    });
    await terminal.waitFor('Code of the MFA device');
    terminal.type('123456\r');
    expect(await terminal.exited).toBe(0);
    expect(terminal.output()).toContain('assumed-role/x');
  });
});

describe("a profile's endpoint", () => {
  it.each(['own', 'services'])('is where calls go, and is shown: %s', async (profile) => {
    const { stdout, code } = await whoami(['--profile', profile, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ target: 'aws', endpoint: endpoint.url });
    expect(code).toBe(0);
  });

  it('wins over one left in the environment, which --target aws overrules', async () => {
    const { stdout } = await whoami(['--profile', 'own', '--json'], {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    });
    expect(JSON.parse(stdout)).toMatchObject({ endpoint: endpoint.url });
  });

  it('is ignored where the environment says so', async () => {
    const { stderr } = await whoami(['--profile', 'own'], {
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
      HTTPS_PROXY: 'http://127.0.0.1:1',
    });
    expect(stderr).toContain(
      'nothing answers at AWS in us-east-1, through the proxy http://127.0.0.1:1',
    );
  });
});

it('a ca_bundle of the profile that is not there is named', async () => {
  const { stderr, code } = await whoami(['--profile', 'bundle']);
  expect(stderr).toContain("ca_bundle of the profile names /no/such/ca.pem, which can't be read");
  expect(code).toBe(2);
});

describe('HTTPS_PROXY', () => {
  it('is asked for AWS, with its password, and named without it when it refuses', async () => {
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('connect', ({ url = '', headers }, socket) => {
      asked.push(`${url} ${headers['proxy-authorization']}`);
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const { stderr, code } = await whoami([], {
      HTTPS_PROXY: `http://joe:s%20cret@127.0.0.1:${port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'y',
    });
    proxy.close();
    const password = Buffer.from('joe:s cret').toString('base64');
    expect(asked[0]).toBe(`sts.us-east-1.amazonaws.com:443 Basic ${password}`);
    expect(stderr).toContain(`The proxy http://127.0.0.1:${port} answered 407`);
    expect(stderr).not.toContain('cret');
    expect(code).toBe(1);
  });

  it('is named without its password where credentials are asked for through it', async () => {
    const proxy = createServer();
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const { stderr, code } = await whoami(['--profile', 'role'], {
      HTTPS_PROXY: `https://joe:s%20cret@127.0.0.1:${port}`,
    });
    proxy.close();
    expect(stderr).toContain(
      `Could not get credentials: the proxy https://127.0.0.1:${port} answers, but not in TLS.`,
    );
    expect(stderr).not.toContain('cret');
    expect(code).toBe(1);
  });

  it.each([
    ['sts.us-east-1.amazonaws.com', 'amazonaws.com', true],
    ['sts.us-east-1.amazonaws.com', '.amazonaws.com', true],
    ['sts.us-east-1.amazonaws.com', '*.amazonaws.com:443', true],
    ['sts.us-east-1.amazonaws.com', 'localhost, *', true],
    ['sts.us-east-1.amazonaws.com', 'aws.com', false],
    ['sts.us-east-1.amazonaws.com', '', false],
  ])('is left out for %s where NO_PROXY is "%s": %s', (host, names, direct) => {
    expect(isDirect(host, names)).toBe(direct);
  });
});
