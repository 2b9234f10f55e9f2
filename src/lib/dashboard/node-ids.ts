/** The id of an edge that is not a subscription: a redrive or a mapping. */
export function edgeId(from: string, to: string): string {
  return `${from}→${to}`;
}

/** The ARN of a function in the account and region of a queue. */
export function functionArn(queueArn: string, name: string): string {
  const [, partition, , region, account] = queueArn.split(':');
  return `arn:${partition}:lambda:${region}:${account}:function:${name}`;
}
