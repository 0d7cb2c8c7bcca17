// send-once.js: a form is sent once however often the button is pressed. The server knows, too; this saves a reload.
const LONG = 10_000   // milliseconds; then the reader has stopped it, or the answer was a file: the form may be sent again

document.addEventListener("submit", (event) => {
  const form = event.target
  if (form.method !== "post") return
  if (form.dataset.sent) return event.preventDefault()
  form.dataset.sent = "yes"
  event.submitter?.setAttribute("aria-busy", "true")
  setTimeout(release, LONG, form)
})
// Coming back with the back button, the form may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.forms) release(form)
})

function release(form) {
  delete form.dataset.sent
  form.querySelector("[aria-busy]")?.removeAttribute("aria-busy")
}
