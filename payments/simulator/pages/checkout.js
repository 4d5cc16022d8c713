// The simulator's Checkout: the part of Razorpay's `new Razorpay(options).open()` that a shop needs.
// With `callback_url` the browser goes to the simulator's page and comes back by a form post.
// Without it the page opens in a window and `handler` or the `payment.failed` listener is called.
(function () {
  "use strict";
  var origin = new URL(document.currentScript.src).origin;

  function Razorpay(options) {
    if (!options || !options.key || !options.order_id) {
      throw new Error("Razorpay needs key and order_id");
    }
    this.options = options;
    this.listeners = {};
  }

  Razorpay.prototype.on = function (event, listener) {
    this.listeners[event] = listener;
    return this;
  };

  Razorpay.prototype.address = function () {
    var options = this.options;
    var query = new URLSearchParams({
      key: options.key,
      order_id: options.order_id,
      description: options.description || options.name || "",
      callback_url: options.callback_url
        ? new URL(options.callback_url, window.location.href).href
        : "",
      cancel_url: window.location.href.split("#")[0],
    });
    return origin + "/_sim/checkout?" + query;
  };

  Razorpay.prototype.open = function () {
    if (this.options.callback_url) {
      window.location.assign(this.address());
      return;
    }
    this.window = window.open(this.address(), "razorpay", "width=420,height=720");
    window.addEventListener("message", this.receive.bind(this));
  };

  Razorpay.prototype.receive = function (message) {
    var fields = message.data && message.data.simulator;
    if (message.origin !== origin || !fields) {
      return;
    }
    if (fields.razorpay_signature && this.options.handler) {
      this.options.handler(fields);
    } else if (fields["error[code]"] && this.listeners["payment.failed"]) {
      this.listeners["payment.failed"]({
        error: {
          code: fields["error[code]"],
          description: fields["error[description]"],
          reason: fields["error[reason]"],
          metadata: {
            order_id: fields["error[metadata][order_id]"],
            payment_id: fields["error[metadata][payment_id]"],
          },
        },
      });
    } else if (this.options.modal && this.options.modal.ondismiss) {
      this.options.modal.ondismiss();
    }
  };

  Razorpay.prototype.close = function () {
    if (this.window) {
      this.window.close();
    }
  };

  window.Razorpay = Razorpay;
})();
