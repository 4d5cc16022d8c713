from payments.views import checkout, credits, papers, payments, payouts, wallets, webhooks

__all__ = ["checkout", "credits", "papers", "payments", "payouts", "wallets", "webhooks"]
