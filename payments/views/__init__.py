from payments.views import checkout, credits, papers, payouts, webhooks

__all__ = ["checkout", "credits", "papers", "payouts", "webhooks"]
