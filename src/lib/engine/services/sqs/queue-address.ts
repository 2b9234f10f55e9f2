/** What a queue's URL says of it; what it doesn't say is the caller's. */
export interface QueueAddress {
  readonly region: string | undefined;
  /** Twelve digits on AWS; not checked here. */
  readonly account: string | undefined;
  readonly name: string;
}

/** `sqs.<region>.…` as AWS and LocalStack have it, and the older `<region>.queue.…`. */
const REGIONAL_HOST =
  /^(?:[a-z]+:)?\/\/(?:[^/]*\.)?(?:sqs\.([a-z]{2,}(?:-[a-z]+)+-\d+)\.|([a-z]{2,}(?:-[a-z]+)+-\d+)\.queue\.)/i;
/** `/queue/<region>/` before the account. */
const REGIONAL_PATH = /\/queue\/([a-z0-9-]+)$/;

/**
 * Reads a queue's URL or its path: `/<account>/<name>`, `/queue/<region>/<account>/<name>`, on any host; a host such as
 * `sqs.eu-west-1.amazonaws.com` or `sqs.eu-west-1.localhost.localstack.cloud` names the region. SQS also takes the name
 * alone. Undefined for anything else.
 */
export function parseQueueAddress(url: string): QueueAddress | undefined {
  let address = known.get(url);
  if (address === undefined) {
    address = parse(url);
    if (known.size >= REMEMBERED) known.clear();
    if (address !== undefined && url.length <= LONGEST_REMEMBERED) known.set(url, address);
  }
  return address;
}

/** Every call to a queue brings its URL, and they are few. */
const known = new Map<string, QueueAddress>();
const REMEMBERED = 1000;
const LONGEST_REMEMBERED = 300;

function parse(url: string): QueueAddress | undefined {
  const end = url.endsWith('/') ? url.length - 1 : url.length;
  const beforeName = url.lastIndexOf('/', end - 1);
  if (beforeName < 0) {
    return end === 0
      ? undefined
      : { region: undefined, account: undefined, name: url.slice(0, end) };
  }
  const beforeAccount = url.lastIndexOf('/', beforeName - 1);
  if (beforeName < 1 || beforeAccount < 0 || beforeAccount + 1 === beforeName) return undefined;
  return {
    region: regionOf(url, beforeAccount),
    account: url.slice(beforeAccount + 1, beforeName),
    name: url.slice(beforeName + 1, end),
  };
}

function regionOf(url: string, pathEnd: number): string | undefined {
  const inPath = REGIONAL_PATH.exec(url.slice(0, pathEnd))?.[1];
  if (inPath !== undefined) return inPath;
  const [, inHost, inOldHost] = REGIONAL_HOST.exec(url) ?? [];
  return (inHost ?? inOldHost)?.toLowerCase();
}
