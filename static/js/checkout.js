// Opens Razorpay's Checkout for the order on the page. It comes back by a form post.
(() => {
  "use strict";
  const button = document.getElementById("pay");
  if (!button) return;

  const open = () => {
    if (!window.Razorpay) {
      document.getElementById("pay-unavailable").hidden = false;
      return;
    }
    const data = button.dataset;
    const checkout = new window.Razorpay({
      key: data.key,
      order_id: data.order,
      amount: Number(data.amount),
      currency: data.currency,
      name: "TutorHub",
      description: data.description,
      callback_url: data.callback,
      redirect: true,
      prefill: { name: data.name, contact: data.contact },
      theme: { color: "#0b6b5d" },
    });
    checkout.open();
  };

  button.hidden = false;
  button.addEventListener("click", open);
})();
