# The same walk through SNS and SQS as the other clients of this folder, by the SDK's first major version, which Debian
# has. It is too old to read AWS_ENDPOINT_URL, and to know tags.
require 'aws-sdk-v1'
require 'json'
require 'uri'

engine = URI(ENV.fetch('AWS_ENDPOINT_URL'))
AWS.config(
  access_key_id: ENV.fetch('AWS_ACCESS_KEY_ID'), secret_access_key: ENV.fetch('AWS_SECRET_ACCESS_KEY'),
  region: ENV.fetch('AWS_REGION'), use_ssl: false,
  sqs_endpoint: engine.host, sqs_port: engine.port, sns_endpoint: engine.host, sns_port: engine.port
)
sns = AWS::SNS::Client.new
sqs = AWS::SQS::Client.new

topic = sns.create_topic(name: 'shop-events')[:topic_arn]
url = sqs.create_queue(queue_name: 'shop-billing')[:queue_url]
queue = sqs.get_queue_attributes(queue_url: url, attribute_names: ['QueueArn'])[:attributes]['QueueArn']
policy = { Statement: { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage',
                        Resource: queue, Condition: { ArnEquals: { 'aws:SourceArn' => topic } } } }
sqs.set_queue_attributes(queue_url: url, attributes: { 'Policy' => JSON.generate(policy) })
subscription = sns.subscribe(topic_arn: topic, protocol: 'sqs', endpoint: queue)[:subscription_arn]
sns.set_subscription_attributes(subscription_arn: subscription, attribute_name: 'RawMessageDelivery', attribute_value: 'true')
sns.publish(topic_arn: topic, message: '{"id":1}',
            message_attributes: { 'event_type' => { data_type: 'String', string_value: 'order.created' } })
message = sqs.receive_message(queue_url: url, message_attribute_names: ['All'], wait_time_seconds: 5)[:messages].first
sqs.delete_message(queue_url: url, receipt_handle: message[:receipt_handle])
batch = sqs.send_message_batch(queue_url: url, entries: [
  { id: 'a', message_body: '1' }, { id: 'b', message_body: '2' }, { id: 'c', message_body: '3', delay_seconds: 901 }
])
received = sqs.receive_message(queue_url: url, max_number_of_messages: 10, wait_time_seconds: 5)[:messages]
entries = received.each_with_index.map { |each, at| { id: at.to_s, receipt_handle: each[:receipt_handle] } }
deleted = sqs.delete_message_batch(queue_url: url, entries: entries)
left = sqs.get_queue_attributes(
  queue_url: url, attribute_names: %w[ApproximateNumberOfMessages ApproximateNumberOfMessagesNotVisible]
)[:attributes]

def caught(kind)
  yield
  'nothing'
rescue kind => error
  error.class.name.split('::').last
end

puts JSON.generate(
  body: message[:body],
  attribute: message[:message_attributes]['event_type'][:string_value],
  sent: batch[:successful].map { |each| each[:id] },
  refused: batch[:failed].map { |each| each[:id] },
  deleted: deleted[:successful].size,
  left: left.values.sum(&:to_i),
  errors: [
    caught(AWS::SQS::Errors::NonExistentQueue) { sqs.get_queue_url(queue_name: 'none') },
    caught(AWS::SNS::Errors::NotFound) { sns.publish(topic_arn: "#{topic}-none", message: 'm') },
    caught(AWS::SQS::Errors::ReceiptHandleIsInvalid) { sqs.delete_message(queue_url: url, receipt_handle: 'none') }
  ]
)
