"""Standard Webhooks 1.0: https://www.standardwebhooks.com"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import time
from typing import Any, List, Mapping, Optional, Sequence, Union

from .errors import WebhookVerificationError
from .records import Record

_TIMESTAMP = re.compile(r"^[0-9]{1,12}$")


class WebhookEvent(Record):
    """CloudEvents 1.0. Receivers know a repetition by the header ``webhook-id``."""

    specversion: str
    #: Its position in the log.
    id: str
    source: str
    #: ``task.completed`` and so on; ``test``: somebody tried the webhook out.
    type: str
    #: ``task/<id>``
    subject: str
    time: str
    #: ``truncated: true``: the largest fields were left out.
    data: Record


def verify_webhook(
    headers: Mapping[str, Any],
    body: Union[bytes, str],
    secrets: Union[str, Sequence[str]],
    *,
    tolerance: float = 300.0,
    now: Optional[float] = None,
) -> WebhookEvent:
    """The event of a webhook's request, once its signature is found to be right.

    :param headers: names in any case
    :param body: as it came, before anything parsed it
    :param secrets: ``whsec_…``; during a rotation it may be several, of which one must fit
    :param tolerance: seconds that a delivery may be old, or ahead of this clock
    :param now: Unix seconds; None: now
    :raises WebhookVerificationError: answer it with 400
    """
    found = {str(name).lower(): value for name, value in headers.items()}
    identifier, timestamp, signatures = (_text(found.get(f"webhook-{name}")) for name in ("id", "timestamp", "signature"))
    if not identifier or not timestamp or not signatures:
        raise WebhookVerificationError("A header of the signature is missing")
    clock = time.time() if now is None else now
    if not _TIMESTAMP.match(timestamp) or abs(clock - int(timestamp)) > tolerance:
        raise WebhookVerificationError("The timestamp is too old, or too far ahead")
    raw = body.encode("utf-8") if isinstance(body, str) else bytes(body)
    signed = f"{identifier}.{timestamp}.".encode("utf-8") + raw
    given = _signatures(signatures)
    for secret in [secrets] if isinstance(secrets, str) else secrets:
        expected = hmac.new(_key(secret), signed, hashlib.sha256).digest()
        if any(hmac.compare_digest(expected, signature) for signature in given):
            break
    else:
        raise WebhookVerificationError("No signature fits")
    try:
        event = json.loads(raw)
    except ValueError as error:
        raise WebhookVerificationError("The body is no JSON") from error
    if not isinstance(event, dict):
        raise WebhookVerificationError("The body is no event")
    return WebhookEvent(event)


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        value = value[0] if value else ""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value or "")


def _key(secret: str) -> bytes:
    text = secret[len("whsec_") :] if secret.startswith("whsec_") else secret
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("a secret of a webhook is whsec_ and Base64") from error


def _signatures(text: str) -> List[bytes]:
    found: List[bytes] = []
    for signature in text.split(" "):
        version, _, value = signature.partition(",")
        if version != "v1" or not value:
            continue
        try:
            found.append(base64.b64decode(value, validate=True))
        except (binascii.Error, ValueError):
            continue
    return found
