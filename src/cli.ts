declare const PUBSUB_VERSION: string;
process.stdout.write(`${PUBSUB_VERSION}\n`);
