    def test_each_event_reaches_whom_it_is_for(self):
        for event_type, fields in SAMPLES.items():
            publish(event_type, fields)
        handled = [json.loads(line) for line in pubsub("run", "--idle-timeout", "3", "--json").splitlines()]
        self.assertEqual({line["outcome"] for line in handled}, {"handled"})
        self.assertEqual(
            sorted((line["event"]["event_type"], line["subscriber"]) for line in handled),
            sorted((event_type, name) for event_type, names in REACHES.items() for name in names),
        )
