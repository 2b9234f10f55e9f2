/** The journal's tables that SNS writes. */
export const TABLES = {
  topics: 'sns.topics',
  subscriptions: 'sns.subscriptions',
  sequences: 'sns.sequences',
  deduplication: 'sns.deduplication',
  signing: 'sns.signing',
  http: 'sns.http',
  withdrawn: 'sns.withdrawn',
  applications: 'sns.applications',
  endpoints: 'sns.endpoints',
  sms: 'sns.sms',
  sandbox: 'sns.sandbox',
  archive: 'sns.archive',
} as const;
