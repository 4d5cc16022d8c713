from payments.models.chart import CHART, AccountKind
from payments.models.credits import CreditLot, CreditPack, CreditUse
from payments.models.earnings import Earning, YearlyGross
from payments.models.events import GatewayEvent
from payments.models.ledger import LedgerAccount, LedgerEntry, LedgerTxn
from payments.models.orders import Payment, PaymentOrder, Refund
from payments.models.payouts import Payout, PayoutMethod
from payments.models.rates import TaxRate

__all__ = [
    "CHART",
    "AccountKind",
    "CreditLot",
    "CreditPack",
    "CreditUse",
    "Earning",
    "GatewayEvent",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTxn",
    "Payment",
    "PaymentOrder",
    "Payout",
    "PayoutMethod",
    "Refund",
    "TaxRate",
    "YearlyGross",
]
