from payments.views import checkout, credits, payouts, webhooks

__all__ = ["checkout", "credits", "payouts", "webhooks"]
