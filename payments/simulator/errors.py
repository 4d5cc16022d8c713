"""What Razorpay answers when it says no."""

from typing import Any


class ApiError(Exception):
    """An error answer: an HTTP status and Razorpay's error body."""

    def __init__(self, status: int, **error: Any) -> None:
        super().__init__(error.get("description"))
        self.status = status
        self.error = {
            "code": "BAD_REQUEST_ERROR",
            "source": "business",
            "step": "payment_initiation",
            "reason": "input_validation_failed",
            "metadata": {},
            **error,
        }

    @property
    def body(self) -> dict[str, Any]:
        return {"error": self.error}


def refuse(description: str, **error: Any) -> ApiError:
    """A 400: the request is wrong and nothing was done."""
    return ApiError(400, description=description, **error)


def unauthorized() -> ApiError:
    return ApiError(401, description="Authentication failed", reason="NA", source="NA", step="NA")


def unknown_url() -> ApiError:
    return ApiError(404, description="The requested URL was not found on the server.", reason="NA")


def unknown_id() -> ApiError:
    return refuse("The id provided does not exist", field="id")


def in_progress() -> ApiError:
    return ApiError(
        409,
        description="Request failed because another request with the same idempotency key "
        "is still in progress.",
        reason="idempotency_key_in_progress",
    )


def too_many() -> ApiError:
    return ApiError(429, description="Request was throttled.", reason="rate_limit_exceeded")


def server_error() -> ApiError:
    return ApiError(
        500,
        code="SERVER_ERROR",
        description="The server encountered an error. The incident has been reported to admins.",
        reason="server_error",
    )
