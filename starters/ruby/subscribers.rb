# frozen_string_literal: true

# What each subscriber does about an event.
#
# pubsub starts this program: see `handler` in pubsub.yaml. It reads a line of JSON for each event and answers with one.

require 'json'

%{functions}

# By subscriber.
HANDLERS = {
%{handlers}
}.freeze

# Handles one event. What is raised is the reason why it failed: the event comes again.
def answer(request)
  facts = request['facts']
  HANDLERS.fetch(facts['subscriber']).call(request['event'], facts)
  { id: request['id'], ok: true }
rescue StandardError => e
  { id: request['id'], ok: false, reason: "#{e.class}: #{e.message}" }
end

if $PROGRAM_NAME == __FILE__
  $stdout.sync = true
  $stdin.each_line { |line| puts JSON.generate(answer(JSON.parse(line))) }
end
