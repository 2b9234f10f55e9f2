"""The same walk through SNS and SQS as the other clients of this folder, by boto3; finds the engine by its environment."""

import json

import boto3

sns, sqs = boto3.client("sns"), boto3.client("sqs")
topic = sns.create_topic(Name="shop-events")["TopicArn"]
url = sqs.create_queue(QueueName="shop-billing", tags={"team": "shop"})["QueueUrl"]
queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
policy = {
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
}
sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
sns.subscribe(
    TopicArn=topic, Protocol="sqs", Endpoint=queue, Attributes={"RawMessageDelivery": "true"}
)
sns.publish(
    TopicArn=topic,
    Message='{"id":1}',
    MessageAttributes={"event_type": {"DataType": "String", "StringValue": "order.created"}},
)
[message] = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], WaitTimeSeconds=5)[
    "Messages"
]
sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
batch = sqs.send_message_batch(
    QueueUrl=url,
    Entries=[
        {"Id": "a", "MessageBody": "1"},
        {"Id": "b", "MessageBody": "2"},
        {"Id": "c", "MessageBody": "3", "DelaySeconds": 901},
    ],
)
received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=5)["Messages"]
deleted = sqs.delete_message_batch(
    QueueUrl=url,
    Entries=[
        {"Id": str(at), "ReceiptHandle": each["ReceiptHandle"]} for at, each in enumerate(received)
    ],
)
left = sqs.get_queue_attributes(
    QueueUrl=url,
    AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
)["Attributes"]


def caught(kind, call):
    try:
        call()
    except kind as error:
        return error.response["Error"]["Code"].split(".")[-1]
    return "nothing"


print(
    json.dumps(
        {
            "body": message["Body"],
            "attribute": message["MessageAttributes"]["event_type"]["StringValue"],
            "sent": [each["Id"] for each in batch["Successful"]],
            "refused": [each["Id"] for each in batch["Failed"]],
            "deleted": len(deleted["Successful"]),
            "left": sum(int(value) for value in left.values()),
            "tags": sqs.list_queue_tags(QueueUrl=url)["Tags"],
            "errors": [
                caught(
                    sqs.exceptions.QueueDoesNotExist, lambda: sqs.get_queue_url(QueueName="none")
                ),
                caught(
                    sns.exceptions.NotFoundException,
                    lambda: sns.publish(TopicArn=topic + "-none", Message="m"),
                ),
                caught(
                    sqs.exceptions.ReceiptHandleIsInvalid,
                    lambda: sqs.delete_message(QueueUrl=url, ReceiptHandle="none"),
                ),
            ],
        }
    )
)
