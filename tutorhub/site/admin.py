"""The admin site: password and a verified TOTP device, nothing less."""

from django_otp.admin import OTPAdminSite

from accounts.forms import StaffLoginForm


class StaffSite(OTPAdminSite):
    site_header = "TutorHub back office"
    site_title = "TutorHub"
    index_title = "What needs doing"
    login_form = StaffLoginForm
    login_template = "site/staff_signin.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
