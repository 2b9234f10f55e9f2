"""One conditional write to DynamoDB: by boto3, which Lambda has, and where it isn't, over HTTP.

Without boto3 a laptop needs nothing but Python: its engine checks no signature, so none is made.
"""

import json
import os
import urllib.error
import urllib.request

try:
    import boto3
except ImportError:
    boto3 = None

client = boto3.client("dynamodb") if boto3 else None


def put_once(table, item, key):
    """Puts an item unless one with its key is there. Says whether it did."""
    request = {
        "TableName": table,
        "Item": item,
        "ConditionExpression": f"attribute_not_exists({key})",
    }
    if client is None:
        return put_over_http(request)
    try:
        client.put_item(**request)
        return True
    except client.exceptions.ConditionalCheckFailedException:
        return False


def put_over_http(request):
    region = os.environ.get("AWS_REGION", "us-east-1")
    scope = f"{os.environ.get('AWS_ACCESS_KEY_ID', 'local')}/20250101/{region}/dynamodb/aws4_request"
    call = urllib.request.Request(
        os.environ.get("AWS_ENDPOINT_URL_DYNAMODB") or os.environ["AWS_ENDPOINT_URL"],
        json.dumps(request).encode(),
        {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "DynamoDB_20120810.PutItem",
            "X-Amz-Date": "20250101T000000Z",
            "X-Amz-Security-Token": os.environ.get("AWS_SESSION_TOKEN", ""),
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none",
        },
    )
    try:
        urllib.request.urlopen(call, timeout=10).close()
        return True
    except urllib.error.HTTPError as error:
        answer = json.loads(error.read() or b"{}")
        if answer.get("__type", "").endswith("ConditionalCheckFailedException"):
            return False
        raise RuntimeError(answer.get("message", str(error))) from None
