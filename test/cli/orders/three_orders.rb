# Creates three orders, confirms each by the id of the answer, and counts the events at each subscriber.
# Usage: ruby three_orders.rb API_URL QUEUE_URL...
require 'json'
require 'net/http'
require 'set'
require 'uri'

api, *queues = ARGV

def send_json(request, body, headers = {})
  request.body = JSON.generate(body)
  { 'Content-Type' => 'application/json' }.merge(headers).each { |name, value| request[name] = value }
  uri = request.uri
  Net::HTTP.start(uri.host, uri.port) { |http| http.request(request) }
end

# SQS's JSON protocol (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html);
# the engine looks at no signature.
def sqs(queue, action, body)
  uri = URI.join(queue, '/')
  headers = { 'Content-Type' => 'application/x-amz-json-1.0', 'X-Amz-Target' => "AmazonSQS.#{action}" }
  answer = send_json(Net::HTTP::Post.new(uri), body.merge('QueueUrl' => queue), headers)
  raise "#{action}: #{answer.code} #{answer.body}" unless answer.is_a?(Net::HTTPSuccess)

  answer.body.to_s.empty? ? {} : JSON.parse(answer.body)
end

ids = [29.99, 149.5, 75].each_with_index.map do |total, index|
  order = { order: { user_id: index + 1, total: total, status: 'pending' } }
  answer = send_json(Net::HTTP::Post.new(URI("#{api}/orders")), order)
  raise "create: #{answer.code} #{answer.body}" unless answer.code == '201'

  JSON.parse(answer.body).fetch('id')
end

ids.each do |id|
  answer = send_json(Net::HTTP::Patch.new(URI("#{api}/orders/#{id}")), { order: { status: 'confirmed' } })
  raise "confirm #{id}: #{answer.code} #{answer.body}" unless answer.code == '200'
  raise "confirm #{id}: #{answer.body}" unless JSON.parse(answer.body).values_at('id', 'status') == [id, 'confirmed']
end

expected = ids.product(%w[order.created order.updated]).to_set
queues.each do |queue|
  events = {}
  deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + 60
  until events.size >= expected.size || Process.clock_gettime(Process::CLOCK_MONOTONIC) > deadline
    received = sqs(queue, 'ReceiveMessage', 'MaxNumberOfMessages' => 10, 'WaitTimeSeconds' => 1)
    received.fetch('Messages', []).each do |message|
      event = JSON.parse(JSON.parse(message.fetch('Body')).fetch('Message'))
      events[event.fetch('event_id')] = event.values_at('order_id', 'event_type')
      sqs(queue, 'DeleteMessage', 'ReceiptHandle' => message.fetch('ReceiptHandle'))
    end
  end
  raise "#{queue}: #{events.values}" unless events.values.to_set == expected

  puts "#{queue.split('/').last}: #{events.size} events"
end
