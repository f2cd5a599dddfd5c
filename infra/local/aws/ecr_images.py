"""Deletes images as ECR does.

MiniStack 1.5.33 deletes a whole image when it is asked to delete one of its tags, goes on serving its
manifest under /v2/, and deletes manifests that an index still names.
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html
"""

import json

from ministack.core.responses import error_response_json, json_response
from ministack.services import ecr


def delete_by_tag() -> None:
    ecr._batch_delete_image = _batch_delete_image


def _batch_delete_image(data: dict):
    name = data.get("repositoryName", "")
    if name not in ecr._repositories:
        return error_response_json(
            "RepositoryNotFoundException",
            f"The repository with name '{name}' does not exist in the registry",
            400,
        )
    ids = data.get("imageIds", [])
    if len(ids) > 100:
        return error_response_json("InvalidParameterException", "more than 100 image ids", 400)
    deleted, failures = [], []
    for image_id in ids:
        failure = _delete(name, image_id)
        if failure:
            code, reason = failure
            failures.append({"imageId": image_id, "failureCode": code, "failureReason": reason})
        else:
            deleted.append(image_id)
    return json_response({"imageIds": deleted, "failures": failures})


def _delete(name: str, image_id: dict):
    image = ecr._find_image(name, image_id)
    if image is None:
        return "ImageNotFound", "Requested image not found"
    tag = image_id.get("imageTag")
    tags = image.get("imageTags", [])
    if tag and len(tags) > 1:
        tags.remove(tag)
        image["imageId"]["imageTag"] = tags[0]
        return None
    digest = image["imageDigest"]
    holders = [other["imageDigest"] for other in ecr._images[name] if digest in _parts(other)]
    if holders:
        return "ImageReferencedByManifestList", f"Requested image referenced by manifest list: {holders}"
    ecr._images[name].remove(image)
    ecr._manifest_blobs.get(name, {}).pop(digest, None)
    return None


def _parts(image: dict) -> list:
    try:
        return [it.get("digest") for it in json.loads(image["imageManifest"]).get("manifests") or []]
    except (ValueError, AttributeError):
        return []
