import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { assertTrusted } from '../config/assert-trusted.ts';
import { notOnRabbitMq } from '../config/broker.ts';
import { isPlainHttpElsewhere } from '../config/loopback.ts';
import type { Settings } from '../config/settings.ts';
import { type AwsTarget, SERVICES, type Service } from '../config/target.ts';
import { AppError, EXIT } from '../rules/errors.ts';
import { MAX_FUNCTION_TIMEOUT_SECONDS } from '../rules/functions.ts';
import { MAX_WAIT_SECONDS } from '../rules/limits.ts';
import { allowAborts } from './abortable-calls.ts';
import { BundleAgent, caBundle } from './ca-bundle.ts';
import { credentialProblem } from './credential-problem.ts';
import { type AskMfaCode, credentialChain } from './credentials.ts';
import { reportFailedAttempts } from './failed-attempts.ts';
import { createLaterClients } from './later-clients.ts';
import { movingEndpoint } from './moving-endpoint.ts';
import { profileEndpoints, readSharedFiles } from './profile.ts';
import { httpsProxy } from './proxy.ts';
import { allowProducts } from './receiver-products.ts';
import { allowTraceHeaders } from './trace-headers.ts';

/** The clients of one run, all on the same target. */
export interface Aws {
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  /** SNS in another region, on the same target; closed with the others. */
  snsIn(region: string): SNSClient;
  readonly sts: STSClient;
  /** Loads the KMS client and builds it, the first time it is asked for: few commands need it. */
  kms(): Promise<KMSClient>;
  /** As `kms`: topologies with functions or tables need it. */
  lambda(): Promise<LambdaClient>;
  dynamodb(): Promise<DynamoDBClient>;
  logs(): Promise<CloudWatchLogsClient>;
  cloudwatch(): Promise<CloudWatchClient>;
  cloudformation(): Promise<CloudFormationClient>;
  s3(): Promise<S3Client>;
  /** Where EC2 answers; undefined for AWS's own. */
  readonly ec2Endpoint: string | undefined;
  readonly region: string;
  /** The SNS endpoint in use; undefined where the SDK picks AWS's own. */
  readonly endpoint: string | undefined;
  readonly kind: AwsTarget['kind'];
  /** What an engine that others reach asks for; never sent to AWS. */
  readonly engineToken: string | undefined;
  /** The profile that was asked for, for the words of errors. */
  readonly profile: string | undefined;
  /** The proxy that https goes through, without its password. */
  readonly proxy: string | undefined;
  /** The file of the certificates that servers are checked with; undefined for Node's own. */
  readonly caBundle: string | undefined;
  /** Closes the sockets. */
  close(): void;
}

/** The embedded engine in the background, which may be started anew on another port. */
export interface LocalEngine {
  readonly endpoint: string;
  /** Its URL now; nothing while it doesn't run. */
  locate(): Promise<string | undefined>;
}

// The SDK would warn on every run under Node 20 that its later versions need a newer one; that is for developers of
// this project to know (engines in package.json), not for its users.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** Milliseconds until an address that takes no connection counts as dead, and a call that gets no answer. */
const CONNECTION_TIMEOUT = 5_000;
const CALL_TIMEOUT = 15_000;
/** A receive may wait 20 s for a message before it answers. */
const POLL_TIMEOUT = CALL_TIMEOUT + MAX_WAIT_SECONDS * 1000;

/** An invocation may take as long as a function may. */
const INVOCATION_TIMEOUT = CALL_TIMEOUT + MAX_FUNCTION_TIMEOUT_SECONDS * 1000;

/** A zip of a function on its way over a slow line. */
const UPLOAD_TIMEOUT = 600_000;

/** Connections of a client: long polls of many queues at once must not hold up the deletes. */
const MAX_SOCKETS = 512;

/** Where nothing checks signatures, something still has to sign. An id of 12 digits chooses the account. */
const PLACEHOLDER = { accessKeyId: 'pubsub', secretAccessKey: 'pubsub' };

/**
 * Builds the SDK clients for the settings' target.
 * @param local the embedded engine's URL; needed only where the target is `local`. With `locate` its clients find it
 * again when it was started anew on another port (see `movingEndpoint`).
 * @param askMfaCode asks for the code that a profile's role may need; without it that is refused.
 * @throws AppError (exit 2) on `aws` when no region is configured anywhere.
 */
export async function createAws(
  settings: Settings,
  local?:
    | string
    | { readonly endpoint: string; readonly locate: () => Promise<string | undefined> },
  askMfaCode?: AskMfaCode,
): Promise<Aws> {
  assertTrusted(settings);
  const { target, env, profile } = settings;
  if (target.kind === 'rabbitmq') throw notOnRabbitMq();
  const localEndpoint = typeof local === 'object' ? local.endpoint : local;
  const moving =
    typeof local === 'object' && target.kind === 'local'
      ? movingEndpoint(local.endpoint, local.locate)
      : undefined;
  const endpoints =
    target.kind === 'endpoint'
      ? target
      : target.kind === 'local'
        ? sameForAll(localEndpoint)
        : await profileEndpoints(env, profile);
  // Credentials may come over https also where the target is plain.
  const bundle = target.kind === 'local' ? undefined : await caBundle(env, profile);
  const agent = { maxSockets: MAX_SOCKETS, keepAlive: true };
  const proxy = target.kind === 'local' ? undefined : httpsProxy(env, agent, bundle);
  const httpsAgent = proxy?.agent ?? new BundleAgent(agent, bundle);
  const isExposed = Object.values(endpoints ?? {}).some(
    (url) => typeof url === 'string' && isPlainHttpElsewhere(url),
  );
  const credentials =
    (isExposed ? placeholder(env) : ownCredentials(settings)) ??
    credentialChain({ env, profile, askMfaCode, requestHandler: { httpsAgent } });
  const common = {
    ...(settings.region === undefined ? {} : { region: settings.region }),
    ...(settings.profile === undefined ? {} : { profile: settings.profile }),
    credentials,
    // The user asked for AWS itself: an endpoint left over in the environment must not answer in its place. What the
    // profile says is given below.
    ...(target.kind === 'aws' ? { ignoreConfiguredEndpointUrls: true } : {}),
  };
  const at = (endpoint: string | undefined, requestTimeout = CALL_TIMEOUT) => ({
    ...common,
    ...(endpoint === undefined ? {} : { endpoint }),
    // Middleware is put together once for each kind of call, not for each call: what adds some does it before the first.
    cacheMiddleware: true,
    requestHandler: {
      httpAgent: { maxSockets: MAX_SOCKETS },
      httpsAgent,
      connectionTimeout: CONNECTION_TIMEOUT,
      requestTimeout,
      throwOnRequestTimeout: true,
    },
  });
  const sns = new SNSClient(at(endpoints.sns));
  reportFailedAttempts(sns);
  allowTraceHeaders(sns);
  // The queue URL's host is the one that the queue's creator saw; ours is the one that we reach.
  const sqs = new SQSClient({
    ...at(endpoints.sqs, POLL_TIMEOUT),
    useQueueUrlAsEndpoint: target.kind === 'aws' && endpoints.sqs === undefined,
    // Of each message's body; TLS and TCP have checked the bytes before.
    md5: false,
  });
  allowProducts(sqs);
  allowAborts(sqs);
  const sts = new STSClient(at(endpoints.sts));
  moving?.follow(sns);
  moving?.follow(sqs);
  // It copies what each call asks and answers for a log that nobody writes.
  sns.middlewareStack.remove('loggerMiddleware');
  sqs.middlewareStack.remove('loggerMiddleware');
  const later = createLaterClients((client) => moving?.follow(client));
  const elsewhere = new Map<string, SNSClient>();
  return {
    sns,
    sqs,
    snsIn: (region) => {
      const client = elsewhere.get(region) ?? new SNSClient({ ...at(endpoints.sns), region });
      if (!elsewhere.has(region)) {
        elsewhere.set(region, client);
        reportFailedAttempts(client);
        allowTraceHeaders(client);
        moving?.follow(client);
        client.middlewareStack.remove('loggerMiddleware');
      }
      return client;
    },
    sts,
    kms: later(async () => new (await import('@aws-sdk/client-kms')).KMSClient(at(endpoints.kms))),
    lambda: later(
      async () =>
        new (await import('@aws-sdk/client-lambda')).LambdaClient(
          at(endpoints.lambda, INVOCATION_TIMEOUT),
        ),
    ),
    dynamodb: later(
      async () =>
        new (await import('@aws-sdk/client-dynamodb')).DynamoDBClient(at(endpoints.dynamodb)),
    ),
    logs: later(
      async () =>
        new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogsClient(
          at(endpoints.logs),
        ),
    ),
    cloudwatch: later(
      async () =>
        new (await import('@aws-sdk/client-cloudwatch')).CloudWatchClient(at(endpoints.cloudwatch)),
    ),
    cloudformation: later(
      async () =>
        new (await import('@aws-sdk/client-cloudformation')).CloudFormationClient(
          // The engine's answer to what begins an operation may wait for its end, up to 20 s.
          at(endpoints.cloudformation, POLL_TIMEOUT),
        ),
    ),
    s3: later(
      async () =>
        new (await import('@aws-sdk/client-s3')).S3Client({
          ...at(endpoints.s3, UPLOAD_TIMEOUT),
          // A bucket's name before a host that isn't AWS's is a host that nobody knows.
          forcePathStyle: endpoints.s3 !== undefined,
        }),
    ),
    ec2Endpoint: endpoints.ec2,
    region: await configuredRegion(sns, settings),
    get endpoint() {
      return moving?.url ?? endpoints.sns;
    },
    kind: target.kind,
    engineToken: target.kind === 'aws' ? undefined : env.PUBSUB_TOKEN || undefined,
    profile,
    proxy: proxy?.shown,
    caBundle: bundle?.file,
    close: () => {
      sns.destroy();
      for (const client of elsewhere.values()) client.destroy();
      sqs.destroy();
      sts.destroy();
      later.close();
    },
  };
}

function sameForAll(endpoint: string | undefined): Readonly<Record<Service, string | undefined>> {
  return Object.fromEntries(SERVICES.map((each) => [each, endpoint])) as Record<
    Service,
    string | undefined
  >;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * What is signed with where nobody checks it, and where real keys and tokens must not go: over plain HTTP to another
 * machine. An id of twelve digits is an account, and no secret; PUBSUB_TOKEN is an engine's own, which asks for it.
 */
function placeholder({ AWS_ACCESS_KEY_ID: id = '', PUBSUB_TOKEN }: Settings['env']): Credentials {
  return {
    ...PLACEHOLDER,
    ...(/^\d{12}$/.test(id) ? { accessKeyId: id } : {}),
    ...(PUBSUB_TOKEN ? { sessionToken: PUBSUB_TOKEN } : {}),
  };
}

/** What to sign with; undefined to leave that to the SDK's chain. */
function ownCredentials(settings: Settings): Credentials | undefined {
  const { env, target, profile } = settings;
  if (target.kind === 'aws') return undefined;
  const accessKeyId = env.AWS_ACCESS_KEY_ID;
  if (target.kind === 'local') return placeholder(env);
  if (profile) return undefined;
  if (!accessKeyId) return placeholder(env);
  // As the chain would read them, from the environment that the settings are of.
  const { AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!secretAccessKey) return undefined;
  const sessionToken = env.AWS_SESSION_TOKEN || env.PUBSUB_TOKEN;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

async function configuredRegion(sns: SNSClient, { env, profile }: Settings): Promise<string> {
  try {
    return await sns.config.region();
  } catch (cause) {
    // A profile that isn't there has no region either.
    const isKnown = profile === undefined || (await readSharedFiles(env)).profile(profile);
    if (!isKnown) throw await credentialProblem(env, profile, cause);
    throw new AppError({
      code: 'MissingRegion',
      message: 'No AWS region is configured.',
      hint: 'Add --region us-east-1, set AWS_REGION, or run: aws configure set region us-east-1',
      exitCode: EXIT.usage,
      cause,
    });
  }
}
