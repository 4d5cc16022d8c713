"""The REST API and its tokens."""

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from tutorhub.settings.env import env, secret
from tutorhub.settings.site import SECRET_KEY

# REST framework

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.AccessTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "tutorhub.core.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_standardized_errors.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "PAGE_SIZE": 20,
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "tutorhub.core.http.ApiExceptionHandler",
    "EXCEPTION_FORMATTER_CLASS": "tutorhub.core.http.ApiExceptionFormatter",
    "ALLOWED_ERROR_STATUS_CODES": ["400", "401", "402", "403", "404", "409", "422", "429", "503"],
    "ERROR_SCHEMAS": {
        "402": "tutorhub.core.error_schemas.RefusalResponse",
        "403": "tutorhub.core.error_schemas.RefusalResponse",
        "409": "tutorhub.core.error_schemas.RefusalResponse",
        "422": "tutorhub.core.error_schemas.RefusalResponse",
        "429": "tutorhub.core.error_schemas.RefusalResponse",
        "503": "tutorhub.core.error_schemas.UnavailableResponse",
    },
}
SPECTACULAR_SETTINGS = {
    "TITLE": "TutorHub API",
    "DESCRIPTION": "Find, ask, book, pay and rate tutors. Money is paise, times are ISO 8601.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # Of the description and its page alone, which tell nothing of anybody; API_DOCS turns them off.
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        name: f"drf_standardized_errors.openapi_serializers.{name}.choices"
        for name in ("ValidationErrorEnum", "ClientErrorEnum", "ServerErrorEnum")
    }
    | {
        "PaymentOrderStatusEnum": "payments.models.PaymentOrder.Status",
        "PaymentOrderMethodEnum": "payments.models.PaymentOrder.Method",
        "PaymentOrderPurposeEnum": "payments.models.PaymentOrder.Purpose",
        "ConsentMethodEnum": "accounts.models.Consent.Method",
        "ConsentPurposeEnum": "accounts.models.Consent.Purpose",
        "DataRequestStatusEnum": "accounts.models.DataRequest.Status",
        "DataRequestKindEnum": "accounts.services.data_requests.KINDS",
        "PayoutStatusEnum": "payments.models.Payout.Status",
        "PayoutMethodKindEnum": "payments.models.PayoutMethod.Kind",
        "SearchModeEnum": "tutors.queries.criteria.Mode.choices",
        "ModeEnum": "students.models.learners.Mode.choices",
        "DocumentKindEnum": "tutors.models.TutorDocument.Kind",
        "ChargebackStatusEnum": "payments.models.GatewayDispute.Status",
        "EvidenceStatusEnum": "payments.models.EvidenceFile.Status",
    },
    "POSTPROCESSING_HOOKS": ["drf_standardized_errors.openapi_hooks.postprocess_schema_enums"],
}
JWT_SIGNING_KEY = secret("JWT_SIGNING_KEY", "development-only-" + "j" * 50)
JWT_SIGNING_KEYS = [JWT_SIGNING_KEY, *env.list("JWT_SIGNING_KEYS_PREVIOUS", default=[])]
if min(len(key.encode()) for key in JWT_SIGNING_KEYS) < 32 or SECRET_KEY in JWT_SIGNING_KEYS:
    raise ImproperlyConfigured("JWT_SIGNING_KEY needs 32 bytes or more, and is not SECRET_KEY.")
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5),
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "ALGORITHM": "HS256",
    "AUDIENCE": "tutorhub-api",
    "ISSUER": "tutorhub",
    "TOKEN_TYPE_CLAIM": "token_use",
    "UPDATE_LAST_LOGIN": False,
    "USER_ID_FIELD": "id",
    "USER_ID_CLAIM": "sub",
}
