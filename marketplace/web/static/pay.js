/* Opens the provider's window on the pay page; what becomes of it is asked of the provider by the server. */
(() => {
  "use strict";
  const button = document.querySelector("[data-pay]");
  if (!button) return;
  const request = JSON.parse(button.dataset.request);
  const wrong = document.getElementById("pay-wrong");
  const back = (found = {}) => { location.assign(`${button.dataset.back}?${new URLSearchParams(found)}`); };

  async function open() {
    if (button.dataset.pay === "portone") {
      const found = await window.PortOne.requestPayment(request);
      back(found && found.code ? { code: found.code } : {});
      return;
    }
    const { clientKey, customerKey, ...payment } = request;
    await window.TossPayments(clientKey).payment({ customerKey }).requestPayment(payment);
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    wrong.hidden = true;
    try {
      await open();
    } catch (error) {
      if (error && error.code === "USER_CANCEL") { back({ code: error.code }); return; }
      wrong.textContent = button.dataset.broken;
      wrong.hidden = false;
    }
    button.disabled = false;
  });
})();
