import { SERVER_DEFAULTS } from '../server-defaults.ts';

/** What the function of the order API is told by its environment. */
export interface FunctionEnvironment {
  /** Where orders are: the URL of Postgres, `DATABASE_URL`, or else the name of a table, `TABLE_NAME`. */
  readonly orders: { readonly databaseUrl: string } | { readonly table: string };
  /** Where events go, `TOPIC_ARN`. */
  readonly topicArn: string;
  /** Demanded of every request but probes, `PUBSUB_API_TOKEN`. */
  readonly token: string | undefined;
  /** Bytes of a body at the most, `BODY_LIMIT`. */
  readonly bodyLimit: number;
}

/** Reads the environment. @throws Error that names the variable which is missing: the function doesn't start */
export function readFunctionEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): FunctionEnvironment {
  return {
    orders: env.DATABASE_URL
      ? { databaseUrl: env.DATABASE_URL }
      : { table: needed(env, 'TABLE_NAME') },
    topicArn: needed(env, 'TOPIC_ARN'),
    token: env.PUBSUB_API_TOKEN || undefined,
    bodyLimit: Number(env.BODY_LIMIT) || SERVER_DEFAULTS.bodyLimit,
  };
}

function needed(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new Error(`The environment variable ${name} is not set.`);
}
