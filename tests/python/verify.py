"""Says of each line on standard input (a JSON list of secret, headers, body) whether the official library takes the message."""

import json
import sys

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

for line in sys.stdin:
    secret, headers, body = json.loads(line)
    try:
        Webhook(secret).verify(body, headers)
        print("taken")
    except WebhookVerificationError as error:
        print(f"refused: {error}")
