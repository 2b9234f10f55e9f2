"""What each subscriber does about an event.

pubsub starts this program: see `handler` in pubsub.yaml. It reads a line of JSON for each event and answers with one.
"""

import json
import sys


%{functions}


# By subscriber.
HANDLERS = {
%{handlers}
}


def answer(request):
    """Handles one event. What is raised is the reason why it failed: the event comes again."""
    facts = request["facts"]
    try:
        HANDLERS[facts["subscriber"]](request["event"], facts)
        return {"id": request["id"], "ok": True}
    except Exception as error:
        return {"id": request["id"], "ok": False, "reason": f"{type(error).__name__}: {error}"}


def main():
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
