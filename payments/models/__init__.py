from payments.models.chart import CHART, AccountKind
from payments.models.credits import CreditLot, CreditPack, CreditUse
from payments.models.earnings import (
    Earning,
    EarningFreeze,
    EarningReversal,
    TaxProfile,
    YearlyGross,
)
from payments.models.events import GatewayEvent, RefusedWebhooks
from payments.models.evidence import EvidenceFile
from payments.models.funding import Funding
from payments.models.invoices import Invoice, InvoiceCounter
from payments.models.ledger import LedgerAccount, LedgerEntry, LedgerTxn
from payments.models.orders import Payment, PaymentOrder
from payments.models.payouts import Payout, PayoutMethod
from payments.models.rates import TaxRate
from payments.models.recon import ReconItem, ReconRun, Settlement, SettlementRow
from payments.models.refund_requests import RefundRequest
from payments.models.refunds import (
    ExternalRefund,
    GatewayDispute,
    OrderRefund,
    Refund,
    RefundPreference,
)
from payments.models.statements import StatementLine, StatementMonth
from payments.models.wallets import PromoGrant

__all__ = [
    "CHART",
    "AccountKind",
    "CreditLot",
    "CreditPack",
    "CreditUse",
    "Earning",
    "EarningFreeze",
    "EarningReversal",
    "EvidenceFile",
    "ExternalRefund",
    "Funding",
    "GatewayDispute",
    "GatewayEvent",
    "Invoice",
    "InvoiceCounter",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTxn",
    "OrderRefund",
    "Payment",
    "PaymentOrder",
    "Payout",
    "PayoutMethod",
    "PromoGrant",
    "ReconItem",
    "ReconRun",
    "Refund",
    "RefundPreference",
    "RefundRequest",
    "RefusedWebhooks",
    "Settlement",
    "SettlementRow",
    "StatementLine",
    "StatementMonth",
    "TaxProfile",
    "TaxRate",
    "YearlyGross",
]
