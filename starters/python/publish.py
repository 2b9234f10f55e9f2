"""Publishes events.

python3 publish.py                                an event of each type
python3 publish.py %{event} '%{json}'
"""

import json
import sys
import uuid
from datetime import datetime, timezone

import boto3
from botocore.exceptions import BotoCoreError, ClientError

# The topic of each type: a name, or an ARN.
TOPICS = %{topics}

# An event of each type.
SAMPLES = %{samples}


def attributes_of(event):
    """What filter policies see of an event: they look into its body only where they say so."""
    attributes = {"event_type": {"DataType": "String", "StringValue": event["event_type"]}}
%{attributes}
    return attributes


def arn_of(sns, topic):
    """The ARN of a topic that `pubsub setup` made."""
    if topic.startswith("arn:"):
        return topic
    for page in sns.get_paginator("list_topics").paginate():
        for found in page["Topics"]:
            if found["TopicArn"].endswith(":" + topic):
                return found["TopicArn"]
    raise LookupError(f"There is no topic {topic}. Make it with: pubsub setup")


def publish(event_type, fields):
    """Publishes one event, to where the environment leads boto3. Returns its message id."""
    sns = boto3.client("sns")
    event = {
        "event_id": str(uuid.uuid4()),
        "event_type": event_type,
        **fields,
        "timestamp": datetime.now(timezone.utc).isoformat(),
    }
    answer = sns.publish(
        TopicArn=arn_of(sns, TOPICS[event_type]),
        Message=json.dumps(event),
        MessageAttributes=attributes_of(event),
%{fifo}
    )
    return answer["MessageId"]


def main(words):
    types = words[:1] or list(SAMPLES)
    try:
        for event_type in types:
            if event_type not in TOPICS:
                raise LookupError(f"Unknown event type {event_type}. Known: {', '.join(TOPICS)}")
            fields = json.loads(words[1]) if len(words) > 1 else SAMPLES[event_type]
            print(event_type, publish(event_type, fields))
    except (BotoCoreError, ClientError, LookupError, ValueError) as error:
        sys.exit(f'{error}\nFor the engine on this machine: eval "$(pubsub local env)"')


if __name__ == "__main__":
    main(sys.argv[1:])
