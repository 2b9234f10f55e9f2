  def test_each_event_is_handled_by_its_function
    TAKEN.each do |event_type, names|
      message_id = publish(event_type, SAMPLES.fetch(event_type))
      names.each { |name| assert_match(/\Ahandled by/, outcome_of(message_id, name)) }
    end
  end

  # Waits until a function is through with a message, and says how it went.
  def outcome_of(message_id, subscriber)
    loop do
      queues = JSON.parse(pubsub('trace', message_id, '--json')).fetch('messages').flat_map { |each| each['queues'] }
      steps = queues.select { |queue| queue['subscriber'] == subscriber }.flat_map { |queue| queue['steps'] }
      done = steps.find { |step| %w[handled failed].include?(step['what']) }
      return done['words'] if done
    end
  end
