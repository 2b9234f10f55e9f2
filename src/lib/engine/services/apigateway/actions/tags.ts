import type { ApiGatewayContext } from '../context.ts';
import { partOf, taggedAt } from '../lookup.ts';
import { checkTags } from '../settings.ts';
import { storeApi } from '../state.ts';

type Tags = Readonly<Record<string, string>>;

interface TagsInput {
  /** ARN of an API or a stage. */
  readonly 'resource-arn'?: string;
  readonly tags?: Tags;
  readonly tagKeys?: readonly string[];
}

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/tags-resource-arn.html */
export function getTags(input: TagsInput, ctx: ApiGatewayContext): { readonly tags: Tags } {
  return { tags: taggedFor(input, ctx).tags };
}

export function tagResource(input: TagsInput, ctx: ApiGatewayContext): object {
  const { tags, change } = taggedFor(input, ctx);
  change(checkTags({ ...tags, ...input.tags }));
  return {};
}

export function untagResource(input: TagsInput, ctx: ApiGatewayContext): void {
  const { tags, change } = taggedFor(input, ctx);
  const { tagKeys = [] } = input;
  change(Object.fromEntries(Object.entries(tags).filter(([key]) => !tagKeys.includes(key))));
}

function taggedFor(
  input: TagsInput,
  ctx: ApiGatewayContext,
): { readonly tags: Tags; change(tags: Tags): void } {
  const { api, stageName } = taggedAt(ctx, input['resource-arn']);
  if (stageName === undefined) {
    const { settings } = api;
    return {
      tags: settings.tags,
      change: (tags) => storeApi(ctx.state, { ...api, settings: { ...settings, tags } }),
    };
  }
  const stage = partOf('Stage', api.stages, stageName);
  return {
    tags: stage.tags,
    change: (tags) =>
      storeApi(ctx.state, { ...api, stages: { ...api.stages, [stageName]: { ...stage, tags } } }),
  };
}
