// key-switch.js: what elements share that answer single keys. A button switches them off and on (WCAG 2.1.4), and the
// device remembers it under `store`. `usual` says whether they are on before anybody has chosen; `answer` takes a key.
class KeySwitch extends HTMLElement {
  connectedCallback() {
    this.hidden = false
    this.button = this.querySelector("button")
    this.help = this.querySelector("dialog")
    this.status = this.querySelector("[role=status]")
    this.button.addEventListener("click", () => this.turn(!this.on))
    this.querySelector("[data-help]")?.addEventListener("click", () => this.help.showModal())
    this.press = (event) => this.answer(event)
    document.addEventListener("keydown", this.press)
    this.turn((this.kept() ?? this.getAttribute("usual")) === "on", false)
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.press)
  }

  kept() {
    try {
      return localStorage.getItem(this.store)
    } catch {
      return null   // storage is closed
    }
  }

  turn(on, keep = true) {
    this.on = on
    this.button.setAttribute("aria-pressed", on)
    if (!keep) return
    this.say(on ? "Keys are on. Question mark shows them." : "Keys are off.")
    try {
      localStorage.setItem(this.store, on ? "on" : "off")
    } catch { /* then only for this page */ }
  }

  say(words) {
    this.status.textContent = words
  }
}
customElements.define("key-switch", KeySwitch)
