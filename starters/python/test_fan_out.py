"""python3 -m unittest: on an engine of its own, each event is handled by whom it is for, and by nobody else."""

import json
import os
import shlex
import subprocess
import tempfile
import unittest
from unittest import mock

from publish import SAMPLES, publish

# The command; the variable PUBSUB says another one, such as: npx pubsub-cli
PUBSUB = shlex.split(os.environ.get("PUBSUB", "pubsub"))

%{expected}


def pubsub(*words):
    """Runs a command and gives what it prints."""
    run = subprocess.run([*PUBSUB, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.returncode != 0:
        raise RuntimeError(f"pubsub {' '.join(words)}: {run.stderr}")
    return run.stdout


class FanOut(unittest.TestCase):
    def setUp(self):
        state = tempfile.TemporaryDirectory()
        self.addCleanup(state.cleanup)
        environment = mock.patch.dict(os.environ, {"XDG_STATE_HOME": state.name})
        environment.start()
        self.addCleanup(environment.stop)
        for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL_SQS"):
            os.environ.pop(name, None)
        os.environ["PUBSUB_TARGET"] = "local"
        pubsub("local", "start", "--ephemeral", "--port", "0")
        self.addCleanup(pubsub, "local", "stop")
        os.environ.update(json.loads(pubsub("local", "env", "--shell", "json")))
        pubsub("setup")

%{tests}


if __name__ == "__main__":
    unittest.main()
