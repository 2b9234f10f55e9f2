"""Runs a Python handler in an execution environment, with the standard library alone.

The Runtime API (2018-06-01) is on one side, the user's module on the other.
"""

import decimal
import http.client
import importlib
import json
import logging
import math
import os
import re
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


class Fault(Exception):
    """What the runtime itself says of a handler or its answer: Lambda's type, and no stack of the runtime's."""

    def __init__(self, kind, message, trace=()):
        super().__init__(message)
        self.kind = kind
        self.trace = list(trace)


def stack_of(error):
    """Where an error was raised, from the first frame on that is not of this file."""
    frames = traceback.extract_tb(error.__traceback__)
    while frames and frames[0].filename == __file__:
        del frames[0]
    return traceback.format_list([(frame.filename, frame.lineno, frame.name, frame.line) for frame in frames])


def error_body(error):
    try:
        message = str(error)
    except Exception:
        message = "the error could not be read"
    fault = isinstance(error, Fault)
    return {
        "errorMessage": message,
        "errorType": error.kind if fault else type(error).__name__,
        "requestId": log_handler.request_id,
        "stackTrace": error.trace if fault else stack_of(error),
    }


# Marks a text that is to stand in the JSON without quotes.
RAW = os.urandom(16).hex()


def encode_value(value):
    """Lambda's runtime writes Decimals to the last digit and bytes as text, which `json` refuses."""
    if isinstance(value, decimal.Decimal):
        return math.nan if value.is_nan() else f"{RAW}{value}"
    if isinstance(value, bytes):
        return value.decode()
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def encode(answer):
    if isinstance(answer, bytes):
        return answer
    try:
        return re.sub(f'"{RAW}([^"]*)"', r"\1", json.dumps(answer, default=encode_value))
    except Exception as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from None


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


def load(name):
    module, dot, function = name.rpartition(".")
    if not dot:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)")
    if module.split(".")[0] in sys.builtin_module_names:
        raise Fault("Runtime.BuiltInModuleConflict", f"Cannot use built-in module {module} as a handler module")
    try:
        loaded = importlib.import_module(module.replace("/", "."))
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        raise Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {error}", trace)
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{module}': {error}")
    handler = getattr(loaded, function, None)
    if not callable(handler):
        raise Fault("Runtime.HandlerNotFound", f"Handler '{function}' missing on module '{module}'")
    return handler


sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
sys.stdout.reconfigure(line_buffering=True)
log_handler = LogHandler()
logging.getLogger().addHandler(log_handler)
try:
    handler = load(os.environ.get("_HANDLER", ""))
except Exception as error:
    body = error_body(error)
    show(body)
    call("POST", "init/error", json.dumps(body))
    sys.exit(1)
while True:
    headers, payload = call("GET", "invocation/next")
    log_handler.request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    invocation = f"invocation/{log_handler.request_id}/"
    os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
    try:
        answer = encode(handler(json.loads(payload), Context(headers)))
    except Exception as error:
        body = error_body(error)
        show(body)
        kind = body["errorType"].encode("ascii", "replace").decode()
        call("POST", invocation + "error", json.dumps(body), {"Lambda-Runtime-Function-Error-Type": kind})
    else:
        sys.stdout.flush()
        call("POST", invocation + "response", answer)
