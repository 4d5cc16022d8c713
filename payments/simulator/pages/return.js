// Goes back to the shop by itself: by the form, or by a message to the window that opened this one.
(function () {
  "use strict";
  var form = document.getElementById("return");
  if (form.getAttribute("action")) {
    form.submit();
  } else if (window.opener) {
    var fields = {};
    new FormData(form).forEach(function (value, name) {
      fields[name] = value;
    });
    window.opener.postMessage({ simulator: fields }, "*");
    window.close();
  }
})();
