import { parseArn, queueNameFromUrl } from '../../rules/names.ts';
import type { Listing } from './assemble.ts';

/**
 * What belongs to the topics and queues of a name: a topic with its subscriptions and their queues, a queue with the
 * topics that it is subscribed to.
 * @param pattern `*` stands for any characters; undefined for all that there is.
 */
export function select(listing: Listing, pattern: string | undefined): Listing {
  if (pattern === undefined) return listing;
  const matches = matcher(pattern);
  const isNamed = (arn: string): boolean => matches(parseArn(arn)?.resource ?? arn);
  const subscriptions = listing.subscriptions.filter(
    ({ topicArn, endpoint, protocol }) =>
      isNamed(topicArn) || (protocol === 'sqs' && isNamed(endpoint)),
  );
  const topics = new Set(subscriptions.map(({ topicArn }) => topicArn));
  const queues = new Set(subscriptions.map(({ endpoint }) => parseArn(endpoint)?.resource));
  return {
    ...listing,
    subscriptions,
    topics: listing.topics.filter((arn) => topics.has(arn) || isNamed(arn)),
    queueUrls: listing.queueUrls.filter((url) => {
      const name = queueNameFromUrl(url);
      return queues.has(name) || matches(name);
    }),
  };
}

function matcher(pattern: string): (name: string) => boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
    .join('.*');
  const regex = new RegExp(`^${source}$`);
  return (name) => regex.test(name);
}
