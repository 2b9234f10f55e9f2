/** What holds for HTTP deliveries of a topic without a delivery policy ("Amazon SNS message delivery retries"). */
export const EFFECTIVE_DELIVERY_POLICY = {
  http: {
    defaultHealthyRetryPolicy: {
      minDelayTarget: 20,
      maxDelayTarget: 20,
      numRetries: 3,
      numMaxDelayRetries: 0,
      numNoDelayRetries: 0,
      numMinDelayRetries: 0,
      backoffFunction: 'linear',
    },
    defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
  },
} as const;
