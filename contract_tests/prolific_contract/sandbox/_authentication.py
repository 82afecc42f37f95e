"""Checks the token of a request to the API."""

import hmac

from prolific_contract.sandbox._http import Call, Headers, Reply, error_reply


def refusal_of(call: Call, token: str) -> Reply | None:
    """The 401 for a request without the right token; None if it has it."""
    # RFC 9110 requires the challenge with every 401.
    challenge: Headers = (("WWW-Authenticate", "Token"),)
    authorization = call.headers.get("authorization")
    if not authorization:
        return error_reply(401, 1, "The Authorization header is missing.", challenge)
    scheme, _, given = authorization.partition(" ")
    # The live server may be more lenient; the format is documented (D-29).
    if scheme != "Token" or not given or " " in given:
        return error_reply(
            401, 2, "The Authorization header must be: Token <your token>.", challenge
        )
    if not hmac.compare_digest(given.encode(), token.encode()):
        return error_reply(401, 3, "The token is not valid.", challenge)
    return None
