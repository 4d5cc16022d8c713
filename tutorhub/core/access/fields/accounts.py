"""Fields of accounts."""

from tutorhub.core.access.fields.kinds import Fields
from tutorhub.core.access.kinds import EVERYONE, PEOPLE, STAFF

WRITES: dict[str, Fields] = {
    "accounts.OtpRequestIn": Fields(EVERYONE, "phone install_id work attestation"),
    "accounts.InstallIn": Fields(EVERYONE, "install_id"),
    "accounts.AttestationIn": Fields(EVERYONE, "platform key_id token nonce"),
    "accounts.OtpVerifyIn": Fields(EVERYONE, "phone code role install_id work"),
    "accounts.RefreshIn": Fields(EVERYONE, "refresh"),
    "accounts.MeIn": Fields(PEOPLE, "name language"),
    "accounts.CodeIn": Fields(PEOPLE, "code"),
    "accounts.NewPhoneIn": Fields(PEOPLE, "phone"),
    "accounts.PasskeyIn": Fields(PEOPLE, "credential name"),
    "accounts.PasskeyAnswerIn": Fields(PEOPLE, "credential"),
    "accounts.PasskeyNameIn": Fields(PEOPLE, "name"),
    "accounts.NewEmailIn": Fields(PEOPLE, "email"),
    "accounts.DataRequestIn": Fields(PEOPLE, "kind words"),
    "accounts.admin.ReasonForm": Fields(STAFF, "action select_across reason"),
    "accounts.StaffLoginForm": Fields(
        STAFF, "username password otp_device otp_token otp_challenge passkey"
    ),
    "accounts.PhoneForm": Fields(EVERYONE, "phone next role page work"),
    "accounts.CodeOnlyForm": Fields(PEOPLE, "code"),
    "accounts.AuthenticatorForm": Fields(PEOPLE, "token"),
    "accounts.CodeForm": Fields(EVERYONE, "code role work"),
    "accounts.NewPhoneForm": Fields(PEOPLE, "phone"),
    "accounts.AccountForm": Fields(PEOPLE, "name language"),
    "accounts.EmailForm": Fields(PEOPLE, "email"),
    "accounts.DataRequestForm": Fields(PEOPLE, "kind words"),
    "accounts.EraseForm": Fields(PEOPLE, "is_sure"),
    "accounts.BreakGlassForm": Fields(STAFF, "reason"),
    "accounts.StaffCodeForm": Fields(STAFF, "token"),
    "accounts.StaffConfirmForm": Fields(STAFF, "token passkey"),
    "accounts.StaffPasskeyForm": Fields(STAFF, "key name"),
    "accounts.PasskeyForm": Fields(PEOPLE | STAFF, "passkey name"),
    "accounts.PasskeySignInForm": Fields(EVERYONE, "passkey next"),
    "accounts.PasskeyAnswerForm": Fields(PEOPLE, "passkey"),
    "accounts.PasskeyNameForm": Fields(PEOPLE | STAFF, "name"),
    "accounts.admin.AnswerForm": Fields(STAFF, "action answer select_across"),
}

READS: dict[str, Fields] = {
    "accounts.MeOut": Fields(
        PEOPLE, "id role name pending_name phone email language joined_at next"
    ),
    "accounts.NonceOut": Fields(EVERYONE, "nonce expires_in"),
    "accounts.WorkRequiredResponse": Fields(EVERYONE, "type errors challenge"),
    "accounts.OtpRequestOut": Fields(EVERYONE, "resend_after expires_in"),
    "accounts.DataRequestOut": Fields(
        PEOPLE, "id kind status status_text words answer asked_at due_at closed_at"
    ),
    "accounts.ExportOut": Fields(PEOPLE, "asked_at id size status url"),
    "accounts.HeldOut": Fields(PEOPLE, "number purpose since title until"),
    "accounts.SectionOut": Fields(PEOPLE, "name things title"),
    "accounts.PairOut": Fields(EVERYONE, "access refresh"),
    "accounts.SignedInOut": Fields(EVERYONE, "access refresh user"),
    "accounts.SignedInUserOut": Fields(EVERYONE, "id role name is_new next"),
    "accounts.SignedInPlaceOut": Fields(
        PEOPLE, "id kind device network created_at seen_at is_this"
    ),
    "accounts.PasskeyOut": Fields(PEOPLE, "id name is_synced created_at last_used_at"),
    "accounts.AuthenticatorOut": Fields(PEOPLE, "is_set_up created_at last_used_at"),
    "accounts.AuthenticatorKeyOut": Fields(PEOPLE, "url key expires_in"),
    "accounts.EndedOut": Fields(PEOPLE, "ended"),
}
