# frozen_string_literal: true

# On an engine of its own, each event is handled by whom it is for, and by nobody else.

require 'json'
require 'minitest/autorun'
require 'tmpdir'
require_relative '../publish'

# Who gets the sample of each type.
REACHES = %{reaches}.freeze

class FanOutTest < Minitest::Test
  def setup
    %w[AWS_PROFILE AWS_ENDPOINT_URL AWS_ENDPOINT_URL_SNS AWS_ENDPOINT_URL_SQS].each { |name| ENV.delete(name) }
    ENV.update('XDG_STATE_HOME' => Dir.mktmpdir, 'PUBSUB_TARGET' => 'local')
    pubsub('local', 'start', '--ephemeral', '--port', '0')
    pubsub('setup')
  end

  def teardown
    pubsub('local', 'stop')
  end

  def test_each_event_reaches_whom_it_is_for
    SAMPLES.each { |event_type, fields| publish(event_type, fields) }
    handled = pubsub('run', '--idle-timeout', '3', '--json').lines.map { |line| JSON.parse(line) }
    assert_equal(['handled'], handled.map { |line| line['outcome'] }.uniq)
    assert_equal(
      REACHES.flat_map { |event_type, names| names.map { |name| [event_type, name] } }.sort,
      handled.map { |line| [line['event']['event_type'], line['subscriber']] }.sort
    )
  end
end
