# frozen_string_literal: true

# On an engine of its own, each event is handled by whom it is for, and by nobody else.

require 'fileutils'
require 'json'
require 'minitest/autorun'
require 'tmpdir'
require_relative '../publish'

%{expected}

class FanOutTest < Minitest::Test
  def setup
    %w[AWS_PROFILE AWS_ENDPOINT_URL AWS_ENDPOINT_URL_SNS AWS_ENDPOINT_URL_SQS].each { |name| ENV.delete(name) }
    @state = Dir.mktmpdir
    ENV.update('XDG_STATE_HOME' => @state, 'PUBSUB_TARGET' => 'local')
    pubsub('local', 'start', '--ephemeral', '--port', '0')
    pubsub('setup')
  end

  def teardown
    pubsub('local', 'stop')
  ensure
    FileUtils.rm_rf(@state)
  end

%{tests}
end
