"""Gives a failed function the name of its error, as Lambda does.

MiniStack 1.5.33 reports every error that a Node handler throws as Runtime.HandlerError, so no Retry or
Catch of a state machine matches. The worker is made to send the name ahead of the trace, and the
answer of the function is corrected by it.
"""

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

_MARK = "\x1ferror name\x1f"
_SENDS = 'trace: err.stack || ""'


def name_errors() -> None:
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    if _SENDS not in script:
        raise RuntimeError("MiniStack's worker has changed: see infra/local/aws/lambda_errors.py")
    sends = f'trace: "{_MARK}" + (err.name || "Error") + "{_MARK}" + (err.stack || "")'
    lambda_runtime._NODEJS_WORKER_SCRIPT = script.replace(_SENDS, sends)
    execute = lambda_svc._execute_function_warm
    lambda_svc._execute_function_warm = lambda *args: _named(execute(*args))


def _named(result: dict) -> dict:
    before, mark, rest = result.get("log", "").partition(_MARK)
    if not mark:
        return result
    name, _, trace = rest.partition(_MARK)
    return {**result, "log": before + trace, "body": {**result["body"], "errorType": name}}
