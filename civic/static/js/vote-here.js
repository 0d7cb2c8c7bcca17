// vote-here.js: votes without leaving the place. The server answers with the buttons as they are now.
class VoteHere extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => this.send(event))
  }

  async send(event) {
    event.preventDefault()
    event.stopPropagation()
    if (this.busy) return   // pressed twice: the second would take back the first
    const form = event.target
    const pressed = event.submitter.value
    const body = new FormData(form)
    body.append("button", pressed)
    this.busy = true
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } }).catch(() => null)
    this.busy = false
    if (!answer) return form.append(document.createElement("not-reached"))
    if (!answer.ok || answer.redirected) return this.asUsual(form, event.submitter)
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("form")
    drawn.elements.back.value = form.elements.back.value
    const held = form.contains(document.activeElement) && document.activeElement.value
    form.replaceWith(drawn)
    if (held) drawn.querySelector(`[value="${held}"]`).focus()   // who has gone on meanwhile is not called back
  }

  // Signed out meanwhile, or something is wrong: the page itself says it best.
  asUsual(form, button) {
    const field = document.createElement("input")
    Object.assign(field, { type: "hidden", name: button.name, value: button.value })
    form.append(field)
    form.submit()
  }
}
customElements.define("vote-here", VoteHere)
