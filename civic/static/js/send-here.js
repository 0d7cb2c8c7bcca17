// send-here.js: a comment form is sent without leaving the page. What the server answers stands where the form stood.
class SendHere extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this)
    this.addEventListener("click", (event) => event.target.closest(".look-again a") && this.change(event))
  }

  // "Change it": back into the words, at their end; the address of the page stays.
  change(event) {
    event.preventDefault()
    const field = this.querySelector("textarea")
    field.focus()
    field.setSelectionRange(field.value.length, field.value.length)
  }

  async handleEvent(event) {
    event.preventDefault()
    event.stopPropagation()
    if (this.busy) return
    const form = event.target
    const button = event.submitter
    const body = new FormData(form)
    if (button?.name) body.append(button.name, button.value)
    this.busy = true
    button?.setAttribute("aria-busy", "true")
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } }).catch(() => null)
    if (answer?.status === 201) return this.arrived(await answer.json())
    const text = await answer?.text().catch(() => null)
    this.busy = false
    button?.removeAttribute("aria-busy")
    this.querySelector("[data-offline]").hidden = text != null
    if (text == null) return
    const drawn = new DOMParser().parseFromString(text, "text/html").querySelector(".composer")
    if (!drawn) return this.asUsual(form, button)
    this.closest(".composer").replaceWith(drawn)
    drawn.querySelector("[role=alert]:not([hidden]), .look-again, .preview")?.focus()
  }

  // Something that only a page can say.
  asUsual(form, button) {
    if (button?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }))
    form.submit()
  }

  // What everybody can read is put in its place among the others. Everything else has a page that explains it.
  async arrived({ id, url, state, waits }) {
    this.querySelector("textarea").value = ""   // going back must not bring it again
    const inPlace = state === "public" && !waits && this.closest(".thread")
    if (!(inPlace && (await this.draw(id, url).catch(() => false)))) location.assign(url)
  }

  async draw(id, url) {
    const page = new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html")
    const drawn = page.getElementById(`c-${id}`)
    const old = document.getElementById(drawn.id)
    const above = drawn.closest("li").parentElement.closest("li")?.querySelector("article")
    const spot = above && document.getElementById(above.id)?.closest("li")
    if (!old && !spot) return false
    const form = this.closest(".composer")
    drawn.removeAttribute("data-subject")
    drawn.tabIndex = -1
    if (old) old.replaceWith(drawn)
    else {
      const list = spot.querySelector(":scope > ol") ?? spot.appendChild(Object.assign(document.createElement("ol"), { className: "replies" }))
      const item = document.createElement("li")
      item.append(drawn)
      list.insertBefore(item, list.querySelector(":scope > .replies__more"))
    }
    form.remove()
    document.body.append(...page.querySelectorAll("draft-kept"))
    drawn.focus()
    return true
  }
}
customElements.define("send-here", SendHere)
