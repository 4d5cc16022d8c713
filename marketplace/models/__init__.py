from marketplace.models.enquiries import Enquiry, Lead, Mode
from marketplace.models.reviews import Review, Side
from marketplace.models.sessions import SessionEvent, TutoringSession

__all__ = ["Enquiry", "Lead", "Mode", "Review", "SessionEvent", "Side", "TutoringSession"]
