  def test_each_event_reaches_whom_it_is_for
    SAMPLES.each { |event_type, fields| publish(event_type, fields) }
    handled = pubsub('run', '--idle-timeout', '3', '--json').lines.map { |line| JSON.parse(line) }
    assert_equal(['handled'], handled.map { |line| line['outcome'] }.uniq)
    assert_equal(
      REACHES.flat_map { |event_type, names| names.map { |name| [event_type, name] } }.sort,
      handled.map { |line| [line['event']['event_type'], line['subscriber']] }.sort
    )
  end
