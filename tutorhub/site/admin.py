"""The admin site: password and a verified TOTP device, nothing less."""

from django_otp.admin import OTPAdminSite


class StaffSite(OTPAdminSite):
    site_header = "TutorHub back office"
    site_title = "TutorHub"
    index_title = "What needs doing"
