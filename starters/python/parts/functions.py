    def test_each_event_is_handled_by_its_function(self):
        for event_type, names in TAKEN.items():
            message_id = publish(event_type, SAMPLES[event_type])
            for name in names:
                self.assertIn("handled by", self.outcome_of(message_id, name))

    def outcome_of(self, message_id, subscriber):
        """Waits until a function is through with a message, and says how it went."""
        while True:
            for message in json.loads(pubsub("trace", message_id, "--json"))["messages"]:
                for queue in message["queues"]:
                    for step in queue["steps"] if queue["subscriber"] == subscriber else []:
                        if step["what"] in ("handled", "failed"):
                            return step["words"]
