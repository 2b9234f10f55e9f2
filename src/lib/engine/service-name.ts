/** The services of the engine, as credentials and ARNs name them. */
export type ServiceName = 'sqs' | 'sns' | 'sts' | 'kms';
