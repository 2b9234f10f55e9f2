/** What AWS takes for something that it counts. */
export interface Price {
  /** US dollars for `per` of it. */
  readonly dollars: number;
  readonly per: number;
  /** What is counted, in the plural. */
  readonly unit: string;
  /** The price list. */
  readonly source: string;
  /** Year and month of a public description of the list that the price was compared with; null where it was with none. */
  readonly asOf: string | null;
}

const MILLION = 1e6;
const SNS = 'https://aws.amazon.com/sns/pricing/';
const SQS = 'https://aws.amazon.com/sqs/pricing/';
const LAMBDA = 'https://aws.amazon.com/lambda/pricing/';
const FARGATE = 'https://aws.amazon.com/fargate/pricing/';
const BALANCER = 'https://aws.amazon.com/elasticloadbalancing/pricing/';
const CLOUDWATCH = 'https://aws.amazon.com/cloudwatch/pricing/';
const RDS = 'https://aws.amazon.com/rds/postgresql/pricing/';
const DYNAMODB = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';

/** The region whose prices these are. */
export const PRICE_REGION = 'us-east-1';
/** Bytes of payload that are billed as one request ("Amazon SQS pricing", "Amazon SNS pricing"). */
export const BILLED_CHUNK_BYTES = 64 * 1024;
/** Bytes of a GB, as AWS counts them. */
export const GB_BYTES = 2 ** 30;
/** Hours of a month, as AWS's own estimates count them. */
export const MONTH_HOURS = 730;

const price = (
  dollars: number,
  per: number,
  unit: string,
  source: string,
  asOf: string | null,
): Price => ({ dollars, per, unit, source, asOf });

/**
 * Every price that the tool knows: on demand, the first tier, without the free tier, discounts and taxes. SNS takes nothing
 * for deliveries to SQS ("standard SQS pricing applies"): the queue bills them as requests.
 */
export const PRICES = {
  snsPublish: price(0.5, MILLION, 'requests', SNS, '2026-06'),
  snsDelivery: price(0, MILLION, 'deliveries', SNS, '2026-06'),
  snsBodyFilter: price(0.09, 1, 'GB', SNS, null),
  snsFifoPublish: price(0.3, MILLION, 'messages', SNS, '2026-06'),
  snsFifoPublished: price(0.017, 1, 'GB', SNS, '2026-06'),
  snsFifoDelivery: price(0.01, MILLION, 'messages', SNS, '2026-06'),
  snsFifoDelivered: price(0.001, 1, 'GB', SNS, '2026-06'),
  sqsRequest: price(0.4, MILLION, 'requests', SQS, '2026-06'),
  sqsFifoRequest: price(0.5, MILLION, 'requests', SQS, '2026-06'),
  lambdaRequest: price(0.2, MILLION, 'requests', LAMBDA, null),
  lambdaX86: price(0.0000166667, 1, 'GB-seconds', LAMBDA, null),
  lambdaArm: price(0.0000133334, 1, 'GB-seconds', LAMBDA, null),
  fargateX86Cpu: price(0.04048, 1, 'vCPU-hours', FARGATE, '2026-03'),
  fargateX86Memory: price(0.004445, 1, 'GB-hours', FARGATE, '2026-03'),
  fargateArmCpu: price(0.03238, 1, 'vCPU-hours', FARGATE, '2026-03'),
  fargateArmMemory: price(0.00356, 1, 'GB-hours', FARGATE, '2026-03'),
  publicAddress: price(0.005, 1, 'address-hours', 'https://aws.amazon.com/vpc/pricing/', null),
  loadBalancer: price(0.0225, 1, 'hours', BALANCER, null),
  loadBalancerUnit: price(0.008, 1, 'LCU-hours', BALANCER, null),
  httpApi: price(1, MILLION, 'requests', 'https://aws.amazon.com/api-gateway/pricing/', null),
  tableWrite: price(0.625, MILLION, 'write units', DYNAMODB, '2024-11'),
  tableStorage: price(0.25, 1, 'GB-months', DYNAMODB, '2024-11'),
  rdsMicro: price(0.016, 1, 'instance-hours', RDS, '2026-06'),
  rdsStorage: price(0.115, 1, 'GB-months', RDS, '2026-06'),
  secret: price(0.4, 1, 'secret-months', 'https://aws.amazon.com/secrets-manager/pricing/', null),
  logs: price(0.5, 1, 'GB', CLOUDWATCH, null),
  alarm: price(0.1, 1, 'alarm metrics', CLOUDWATCH, null),
} as const satisfies Readonly<Record<string, Price>>;

/** What has a price. */
export type Priced = keyof typeof PRICES;

/** What an account need not pay for, each month and without end. */
export interface FreeAllowance {
  readonly name: string;
  readonly quantity: number;
  /** What it counts for, all of them together; what stands first is taken off first. */
  readonly of: readonly Priced[];
}

/**
 * "Always free" allowances, once for the whole account; those of an account's first months are left out. DynamoDB's free
 * units are of provisioned tables only, and SNS's requests of standard topics.
 */
export const FREE_TIER: readonly FreeAllowance[] = [
  { name: 'SNS requests', quantity: MILLION, of: ['snsPublish'] },
  { name: 'SQS requests', quantity: MILLION, of: ['sqsFifoRequest', 'sqsRequest'] },
  { name: 'Lambda requests', quantity: MILLION, of: ['lambdaRequest'] },
  { name: 'Lambda GB-seconds', quantity: 400_000, of: ['lambdaX86', 'lambdaArm'] },
  { name: 'GB in tables', quantity: 25, of: ['tableStorage'] },
  { name: 'GB of logs', quantity: 5, of: ['logs'] },
  { name: 'alarm metrics', quantity: 10, of: ['alarm'] },
];

/** US dollars for so many. */
export function priceOf(priced: Priced, quantity: number): number {
  const { dollars, per } = PRICES[priced];
  return (quantity * dollars) / per;
}
