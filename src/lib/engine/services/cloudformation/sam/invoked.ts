import type { Data } from '../template/data.ts';

/** The function whose events and settings these are. */
export interface Invoked {
  readonly functionId: string;
  /** Of the alias that is invoked in its place; undefined without `AutoPublishAlias`. */
  readonly aliasId: string | undefined;
}

/** What `FunctionName` of a mapping or permission says. */
export function invokedName({ functionId, aliasId }: Invoked): Data {
  return { Ref: aliasId ?? functionId };
}

/** The ARN of what is invoked. */
export function invokedArn({ functionId, aliasId }: Invoked): Data {
  return aliasId === undefined ? { 'Fn::GetAtt': [functionId, 'Arn'] } : { Ref: aliasId };
}

/** What stands for that ARN in a text of `Fn::Sub`. */
export function invokedPlaceholder({ functionId, aliasId }: Invoked): string {
  return aliasId === undefined ? `\${${functionId}.Arn}` : `\${${aliasId}}`;
}
