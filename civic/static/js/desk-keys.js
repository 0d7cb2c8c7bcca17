// desk-keys.js: at the desk, what carries `data-key` is pressed by that key: a button, a link, a rule; a box takes the
// focus. Never while somebody types.
class DeskKeys extends customElements.get("key-switch") {
  store = "civic:desk-keys"

  answer(event) {
    const { key, target } = event
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return
    if (key === "Escape" && target.matches?.("textarea[data-key]")) return target.blur()
    if (key === "Enter" && target.matches?.("input[data-key]")) return event.preventDefault()   // a rule is no decision
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
    if (found.matches("textarea, input")) found.focus()
    if (!found.matches("textarea")) found.click()
    return true
  }
}
customElements.define("desk-keys", DeskKeys)
