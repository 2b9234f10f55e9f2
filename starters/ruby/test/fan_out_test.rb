# frozen_string_literal: true

# On an engine of its own, each event is handled by whom it is for, and by nobody else.

require 'json'
require 'minitest/autorun'
require 'tmpdir'
require_relative '../publish'

%{expected}

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

%{tests}
end
