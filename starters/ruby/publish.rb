# frozen_string_literal: true

# Publishes events.
#
#   ruby publish.rb                                an event of each type
#   ruby publish.rb %{event} '%{json}'
#
# It goes through the command, which knows topics, attributes and credentials, and needs no gem. A service of yours may
# use the gem aws-sdk-sns instead.

require 'json'
require 'open3'
require 'shellwords'

# The command; the variable PUBSUB says another one, such as: npx pubsub-cli
PUBSUB = ENV.fetch('PUBSUB', 'pubsub').shellsplit

# An event of each type.
SAMPLES = %{samples}.freeze

# Runs a command and gives what it prints. Raises what it says where it fails.
def pubsub(*words)
  output, errors, status = Open3.capture3(*PUBSUB, *words)
  raise "pubsub #{words.join(' ')}: #{errors}" unless status.success?

  output
end

# Publishes one event, to where pubsub.yaml and the environment say. Gives its message id.
def publish(event_type, fields)
  answer = JSON.parse(pubsub('publish', event_type, '--data', JSON.generate(fields), '--json'))
  answer.fetch('messages').first.fetch('messageId')
end

if $PROGRAM_NAME == __FILE__
  only, data = ARGV
  begin
    (only ? [only] : SAMPLES.keys).each do |event_type|
      puts "#{event_type} #{publish(event_type, data ? JSON.parse(data) : SAMPLES.fetch(event_type, {}))}"
    end
  rescue SystemCallError, RuntimeError, JSON::ParserError => e
    abort e.message
  end
end
