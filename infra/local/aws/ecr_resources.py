"""Names the repository of an ECR request that lists one, as IAM does.

MiniStack 1.5.33 looks for `repositoryName` only. DescribeRepositories has `repositoryNames`, so a role
that may describe its own repositories only is refused.
"""

import json

from ministack.core import iam_actions


def name_repositories() -> None:
    extract = iam_actions.extract_resource_arn

    def with_lists(service, method, path, headers, body, query_params, region, account_id):
        arn = extract(service, method, path, headers, body, query_params, region, account_id)
        names = _listed(body) if service == "ecr" and arn == "*" else []
        # Several names would need several checks: they stay "*", which only a wider role may ask.
        return f"arn:aws:ecr:{region}:{account_id}:repository/{names[0]}" if len(names) == 1 else arn

    iam_actions.extract_resource_arn = with_lists


def _listed(body: bytes) -> list:
    try:
        return json.loads(body or b"{}").get("repositoryNames") or []
    except (ValueError, AttributeError):
        return []
