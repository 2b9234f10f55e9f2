"""Runs a Python handler in an execution environment, with the standard library alone.

The Runtime API (2018-06-01) is on one side, the user's module on the other.
"""

import http.client
import importlib
import json
import logging
import os
import sys
import time
import traceback

API = os.environ["AWS_LAMBDA_RUNTIME_API"]
BASE = "/2018-06-01/runtime/"
connection = http.client.HTTPConnection(API)


def call(method, path, body=None, headers=None):
    connection.request(method, BASE + path, body, headers or {})
    answer = connection.getresponse()
    return answer.headers, answer.read()


class Members:
    """A dictionary whose members are attributes, absent ones None."""

    def __init__(self, members):
        self.__dict__.update({key: Members(value) if key == "client" and isinstance(value, dict) else value for key, value in members.items()})

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return None


class Context:
    """What handlers get beside the event ("Using the Lambda context object to retrieve Python function information")."""

    def __init__(self, headers):
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.identity = Members({"cognito_identity_id": None, "cognito_identity_pool_id": None})
        client = headers.get("Lambda-Runtime-Client-Context")
        self.client_context = Members(json.loads(client)) if client else None
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline - int(time.time() * 1000))

    def log(self, message):
        print(message, flush=True)


def error_body(error, kind=None):
    try:
        message = str(error)
    except Exception:
        message = "the error could not be read"
    return {
        "errorType": kind or type(error).__name__,
        "errorMessage": message,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }


class LogHandler(logging.Handler):
    """Lambda gives the root logger a handler: level, time, request, message. Lines of one record stay together by \\r."""

    request_id = ""

    def emit(self, record):
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = f"[{record.levelname}]\t{at}.{int(record.msecs):03d}Z\t{self.request_id}\t{self.format(record)}"
        print(line.replace("\n", "\r"), flush=True)


def show(body):
    sys.stdout.flush()
    trace = "".join(body["stackTrace"])
    text = f"[ERROR] {body['errorType']}: {body['errorMessage']}\nTraceback (most recent call last):\n{trace}".rstrip()
    print(text.replace("\n", "\r"), flush=True)


def refuse(kind, error):
    body = error_body(error, kind)
    show(body)
    call("POST", "init/error", json.dumps(body))
    sys.exit(1)


def load(name):
    module, dot, function = name.rpartition(".")
    if not dot:
        refuse("Runtime.MalformedHandlerName", ValueError(f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)"))
    try:
        loaded = importlib.import_module(module.replace("/", "."))
    except SyntaxError as error:
        refuse("Runtime.UserCodeSyntaxError", SyntaxError(f"Syntax error in module '{module}': {error}"))
    except ImportError as error:
        refuse("Runtime.ImportModuleError", ImportError(f"Unable to import module '{module}': {error}"))
    except Exception as error:
        refuse(None, error)
    handler = getattr(loaded, function, None)
    if not callable(handler):
        refuse("Runtime.HandlerNotFound", AttributeError(f"Handler '{function}' missing on module '{module}'"))
    return handler


sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
sys.stdout.reconfigure(line_buffering=True)
log_handler = LogHandler()
logging.getLogger().addHandler(log_handler)
handler = load(os.environ.get("_HANDLER", ""))
while True:
    headers, payload = call("GET", "invocation/next")
    log_handler.request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    invocation = f"invocation/{log_handler.request_id}/"
    os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
    try:
        answer = json.dumps(handler(json.loads(payload), Context(headers)))
    except Exception as error:
        body = error_body(error)
        if isinstance(error, TypeError) and "JSON serializable" in str(error):
            body["errorType"] = "Runtime.MarshalError"
            body["errorMessage"] = f"Unable to marshal response: {error}"
        show(body)
        kind = body["errorType"].encode("ascii", "replace").decode()
        call("POST", invocation + "error", json.dumps(body), {"Lambda-Runtime-Function-Error-Type": kind})
    else:
        sys.stdout.flush()
        call("POST", invocation + "response", answer)
