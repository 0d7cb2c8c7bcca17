// desk-keys.js: at the desk, what carries `data-key` is pressed by that key: a button, a link, a rule; a box takes the
// focus. A switch turns the keys off (WCAG 2.1.4), and the device remembers it. Never while somebody types.
const SWITCH = "civic:desk-keys"

class DeskKeys extends HTMLElement {
  connectedCallback() {
    this.hidden = false
    this.button = this.querySelector("button")
    this.help = this.querySelector("dialog")
    this.status = this.querySelector("[role=status]")
    this.button.addEventListener("click", () => this.turn(!this.on))
    this.press = (event) => this.answer(event)
    document.addEventListener("keydown", this.press)
    this.turn(this.kept() !== "off", false)
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.press)
  }

  kept() {
    try {
      return localStorage.getItem(SWITCH)
    } catch {
      return null   // storage is closed
    }
  }

  turn(on, keep = true) {
    this.on = on
    this.button.setAttribute("aria-pressed", on)
    if (!keep) return
    this.status.textContent = on ? "Keys are on. Question mark shows them." : "Keys are off."
    try {
      localStorage.setItem(SWITCH, on ? "on" : "off")
    } catch { /* then only for this page */ }
  }

  answer(event) {
    const { key, target } = event
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return
    if (key === "Escape" && target.matches?.("textarea[data-key]")) return target.blur()
    if (!this.on || event.repeat || this.types(target)) return   // a key held down decides once
    if (key === "?") this.help.showModal()
    else if (!this.use(key.toLowerCase())) return
    event.preventDefault()
  }

  // A rule that was chosen has the focus and still takes keys: nobody types into it.
  types(target) {
    if (target.isContentEditable) return true
    return !!target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, dialog, [role=textbox]")
  }

  use(key) {
    const found = document.querySelector(`[data-key="${CSS.escape(key)}"]`)
    if (!found) return false
    if (found.matches("textarea")) found.focus()
    else found.click()
    return true
  }
}
customElements.define("desk-keys", DeskKeys)
