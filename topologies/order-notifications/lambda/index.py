"""Stores each order of a batch of SQS messages in a table: the same as index.ts, in Python."""

import json
import os

import orders

TABLE = os.environ["TABLE"]


def handler(event, context):
    """What fails is named, so that only that comes again: the other messages of the batch are deleted."""
    failures = []
    for record in event["Records"]:
        try:
            store(order_in(record["body"]))
        except Exception as error:
            receive = record["attributes"]["ApproximateReceiveCount"]
            print(f"[ERROR] message {record['messageId']} failed, receive {receive}: {error}")
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def order_in(body):
    """The order in a message.

    SNS puts an envelope around it, unless the subscription asks for raw delivery; publishers of the library put it into
    "data", beside the event's time.
    """
    outer = json.loads(body)
    event = json.loads(outer["Message"]) if outer.get("Type") == "Notification" else outer
    order = {"timestamp": event.get("timestamp"), **event.get("data", event)}
    if not isinstance(order.get("orderId"), str) or type(order.get("quantity")) is not int:
        raise ValueError("no order: it needs an orderId and a whole quantity")
    return order


def store(order):
    """Stores an order once: SQS may deliver a message again, and the table refuses the second time."""
    item = {
        "orderId": {"S": order["orderId"]},
        "userId": {"S": order["userId"]},
        "itemName": {"S": order["itemName"]},
        "quantity": {"N": str(order["quantity"])},
        "status": {"S": order["status"]},
        "timestamp": {"S": order["timestamp"]},
    }
    if orders.put_once(TABLE, item, "orderId"):
        print(f"stored order {order['orderId']}: {order['quantity']} × {order['itemName']}")
    else:
        print(f"order {order['orderId']} was stored before")
