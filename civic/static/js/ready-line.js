// ready-line.js: a line that is ready goes into the box, where it can be changed before it is sent.
class ReadyLine extends HTMLElement {
  connectedCallback() {
    const select = this.querySelector("select")
    const box = this.closest(".field").querySelector("textarea")
    select.addEventListener("change", () => {
      const { text } = select.selectedOptions[0].dataset
      if (!text) return
      box.value = [box.value.trim(), text].filter(Boolean).join(" ")
      select.value = ""
      box.focus()
    })
  }
}
customElements.define("ready-line", ReadyLine)
