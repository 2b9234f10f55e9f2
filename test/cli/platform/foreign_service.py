"""A service of others beside the platform on RabbitMQ: `foreign_service.py URL` tells of a registration, and writes the
first order that is created as a line of JSON."""
import json
import sys

import pika

connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
channel = connection.channel()

# A queue of its own, which gets its copy of every order from now on.
channel.queue_declare("warehouse", durable=True, arguments={"x-queue-type": "quorum"})
channel.queue_bind("warehouse", "shop-events", "order.created")

# Confirmed, and refused where no queue takes it.
channel.confirm_delivery()
registration = {
    "event_id": "import-4711",
    "event_type": "user.registered",
    "user_id": 4711,
    "email": "grace@example.org",
    "name": "Grace Hopper",
}
channel.basic_publish(
    "user-events",
    "user.registered",
    json.dumps(registration).encode(),
    pika.BasicProperties(content_type="application/json", delivery_mode=2),
    mandatory=True,
)
print("joined", flush=True)

for method, properties, body in channel.consume("warehouse"):
    line = {
        "exchange": method.exchange,
        "routing_key": method.routing_key,
        "content_type": properties.content_type,
        "message_id": properties.message_id,
        "headers": properties.headers,
        "body": body.decode(),
    }
    print(json.dumps(line), flush=True)
    channel.basic_ack(method.delivery_tag)
    break
connection.close()
