// Small comforts. Every page works without this file, and each part below stands alone.
"use strict";

const number = new Intl.NumberFormat("sv-SE");

// Says how many characters are left. The screen is told at once, a screen reader after a pause.
function countCharacters(field) {
  const text = document.getElementById(`${field.id}-count`);
  const limit = Number(field.dataset.limit);
  if (!text || !limit) return;
  const spoken = document.createElement("span");
  spoken.className = "lh-vh";
  spoken.setAttribute("role", "status");
  text.after(spoken);
  let pause;
  const update = () => {
    // Array.from counts characters as the server does, where `length` would count an emoji twice.
    const left = limit - Array.from(field.value).length;
    const message = left < 0 ? `Texten är ${number.format(-left)} tecken för lång.` : `Du har ${number.format(left)} kvar.`;
    text.textContent = `Högst ${number.format(limit)} tecken. ${message}`;
    text.toggleAttribute("data-over", left < 0);
    clearTimeout(pause);
    pause = setTimeout(() => { spoken.textContent = message; }, 1000);
  };
  field.addEventListener("input", update);
  if (field.value) update();
}

// Marks the buttons as busy. `disabled` is not used: it would drop the pressed button's value.
function sendOnce(form) {
  // Those outside the form count too, where they name it as theirs.
  const buttons = [...form.elements].filter((field) => field.type === "submit");
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const pressed = event.submitter || buttons[0];
    buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
    pressed.dataset.label = pressed.textContent;
    pressed.textContent = pressed.dataset.busy || "Skickar …";
  });
  // The browser's back button may show this page from memory: then it must work again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    delete form.dataset.sent;
    buttons.forEach((button) => {
      button.removeAttribute("aria-disabled");
      if (button.dataset.label) button.textContent = button.dataset.label;
    });
  });
}

// Ctrl+Enter in a text field sends the form by its first button.
function sendByKey(form) {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target.tagName !== "TEXTAREA") return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[type=submit]"));
  });
}

document.querySelectorAll("textarea[data-limit]").forEach(countCharacters);
document.querySelectorAll("form[data-once]").forEach((form) => {
  sendOnce(form);
  sendByKey(form);
});
document.querySelector(".lh-error-summary")?.focus();
